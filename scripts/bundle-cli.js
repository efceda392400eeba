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

// A quarter of the whole, read only where words are wrong or help is asked for.
const yargsApart = {
  name: 'yargs-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^yargs$/ }, ({ kind }) => (kind === 'dynamic-import' ? { path: './yargs.cjs', external: true } : undefined))
  },
}

const common = {
  absWorkingDir: cli,
  bundle: true,
  format: 'cjs', // the loader of ES modules costs half as much as starting Node; a command's modules still run only when it does
  minifyWhitespace: true, // all of it is read at each start; names stay: err.name is one
  minifySyntax: true,
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
}

rmSync(join(cli, 'dist', 'bundle'), { recursive: true, force: true })
await build({
  ...common,
  entryPoints: ['dist/svc.js'],
  outfile: 'dist/bundle/svc.cjs',
  external: ['@photostructure/sqlite', '@muster/api', 'pino'], // native code, and what only `svc serve` needs, stay packages
  plugins: [helpIsAscii, yargsApart],
})
await build({
  ...common,
  stdin: { contents: "module.exports = require('yargs').default", resolveDir: cli },
  outfile: 'dist/bundle/yargs.cjs',
  plugins: [helpIsAscii],
})
