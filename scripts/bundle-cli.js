// Bundles `svc` after tsc: `svc list` then reads a few files instead of a few hundred.
import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { build } from 'esbuild'

import { root } from './workspace.js'

const cli = join(root, 'packages', 'cli')

// Measuring text loads the tables of Unicode, which costs half as much as starting Node. yargs measures nothing but
// the help texts, which are ASCII; the tables of `svc list` load the real one when a name needs it.
const helpIsAscii = {
  name: 'help-is-ascii',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, ({ importer }) => (importer.includes('node_modules') ? { path: 'width', namespace: 'ascii' } : undefined))
    onLoad({ filter: /^width$/, namespace: 'ascii' }, () => ({ contents: 'export default (text) => text.length' }))
  },
}

rmSync(join(cli, 'dist', 'bundle'), { recursive: true, force: true })
await build({
  absWorkingDir: cli,
  entryPoints: ['dist/svc.js'],
  outdir: 'dist/bundle',
  bundle: true,
  format: 'esm',
  splitting: true, // each command stays a file of its own, loaded when it is run
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  external: ['@photostructure/sqlite', '@muster/api', 'pino'], // native code, and what only `svc serve` needs, stay packages
  // CommonJS inside an ES module asks for `require`; the import has a name that no bundled module can clash with.
  banner: { js: "import { createRequire as bundleCreateRequire } from 'node:module'; const require = bundleCreateRequire(import.meta.url);" },
  plugins: [helpIsAscii],
  logLevel: 'warning',
})
