import tseslint from 'typescript-eslint'

// ARCHITECTURE.md, "Services": one package alone writes and reads what a service is made of.
const ofServices = String.raw`/^(services|gates|outbox|tokens|webhooks)($|\u002f)/`
const message = 'The entries of services, tokens and webhooks are the servicegroup package\'s own: ask its ServiceGroup.'

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
  {
    files: ['packages/**/*.ts'],
    ignores: ['packages/{servicegroup,testkit,bench}/**', '**/*.test.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: `Property[key.name='collection'] > Literal[value=${ofServices}]`, message },
        { selector: `CallExpression[callee.property.name=/^(watch|list|keys|count)$/] > Literal:first-child[value=${ofServices}]`, message },
      ],
    },
  },
  { files: ['scripts/**/*.js', 'packages/*/bin/*.js'], extends: [tseslint.configs.base], rules: { 'no-undef': 'off' } },
)
