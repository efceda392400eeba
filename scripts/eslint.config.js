import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['**/dist/**'] },
  {
    files: ['packages/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: new URL('..', import.meta.url).pathname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unnecessary-type-parameters': 'off', // the caller of Sql.get knows its rows
    },
  },
  { files: ['scripts/**/*.js', 'packages/*/bin/*.js'], extends: [tseslint.configs.base], rules: { 'no-undef': 'off' } },
)
