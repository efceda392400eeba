// Bundles `svc` after tsc: `svc list` then reads two small files instead of a few hundred.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

import { build, transform } from 'esbuild'

import { root } from './workspace.js'

const cli = join(root, 'packages', 'cli')
const output = join(cli, 'dist', 'bundle')

// What `svc list` seldom needs: more than half of the whole, read when it is asked for. By its name in later.cjs.
const later = {
  accessControl: '../coordination/dist/drivers/zookeeper/zookeeper-access-control.js',
  aclSet: './dist/commands/acl-set.js',
  aclShow: './dist/commands/acl-show.js',
  aclUnset: './dist/commands/acl-unset.js',
  at: './dist/commands/at.js',
  changes: './dist/commands/changes.js',
  changeSource: '../servicegroup/dist/history/change-source.js',
  client: '../client/dist/index.js',
  clusterCreate: './dist/commands/cluster-create.js',
  clusterDelete: './dist/commands/cluster-delete.js',
  clusterList: './dist/commands/cluster-list.js',
  clusterRun: './dist/commands/cluster-run.js',
  clusterShow: './dist/commands/cluster-show.js',
  complete: './dist/completion/complete.js',
  completion: './dist/completion/scripts.js',
  configCheck: './dist/commands/config-check.js',
  configShow: './dist/commands/config-show.js',
  copyServices: '../servicegroup/dist/services/copy-services.js',
  deleteServices: './dist/commands/delete.js',
  diff: './dist/commands/diff.js',
  disable: './dist/commands/disable.js',
  doctor: './dist/commands/doctor.js',
  elect: './dist/commands/elect.js',
  enable: './dist/commands/enable.js',
  explain: './dist/commands/explain.js',
  forceDown: './dist/commands/force-down.js',
  help: './dist/help/help.js',
  hosts: './dist/commands/hosts.js',
  importServices: '../servicegroup/dist/services/service-import.js',
  isUp: './dist/commands/is-up.js',
  leader: './dist/commands/leader.js',
  lightFetch: './dist/light-fetch.js',
  listServices: './dist/services/list-services.js',
  lock: './dist/commands/lock.js',
  locks: './dist/commands/locks.js',
  maintenanceOff: './dist/commands/maintenance-off.js',
  maintenanceOn: './dist/commands/maintenance-on.js',
  migrate: './dist/commands/migrate.js',
  progress: './dist/commands/progress.js',
  run: './dist/commands/run.js',
  serve: './dist/commands/serve.js',
  show: './dist/commands/show.js',
  stringWidth: '../../node_modules/string-width/index.js',
  terminal: './dist/terminal.js',
  tokenCreate: './dist/commands/token-create.js',
  tokenList: './dist/commands/token-list.js',
  tokenRevoke: './dist/commands/token-revoke.js',
  wait: './dist/commands/wait.js',
  watch: './dist/commands/watch.js',
  watchWorkers: './dist/live/watch-workers.js',
  webhookAdd: './dist/commands/webhook-add.js',
  webhookDelete: './dist/commands/webhook-delete.js',
  webhookDisable: './dist/commands/webhook-disable.js',
  webhookEnable: './dist/commands/webhook-enable.js',
  webhookList: './dist/commands/webhook-list.js',
  webhookRotateSecret: './dist/commands/webhook-rotate-secret.js',
  webhookShow: './dist/commands/webhook-show.js',
  webhookTest: './dist/commands/webhook-test.js',
  webhooks: '../servicegroup/dist/webhooks/webhooks.js',
  zones: './dist/commands/zones.js',
  zookeeper: '../coordination/dist/drivers/zookeeper/zookeeper-driver.js',
  zookeeperClient: '../zookeeper/dist/index.js',
}

const mostShared = 256 * 1024

// Files of their own, by what is imported: large, and read only where words are wrong or help is asked for, or where there is a file of settings.
const apart = { yargs: 'yargs', 'read-config': './dist/config/read-config.js' }

// Measuring text loads the tables of Unicode, which costs half as much as starting Node. yargs measures nothing but
// the help texts, which are ASCII; the tables of `svc list` load the real one when a name needs it.
const helpIsAscii = {
  name: 'help-is-ascii',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, ({ importer }) => (importer.includes('node_modules') ? { path: 'width', namespace: 'ascii' } : undefined))
    onLoad({ filter: /^width$/, namespace: 'ascii' }, () => ({ contents: 'export default (text) => text.length' }))
  },
}

// esbuild makes a file of each module that is imported late, and a file costs more than what is in it. Here such a
// module is a function: of the file that imports it, or of later.cjs; or a file of its own.
const lateImports = {
  name: 'late-imports',
  setup({ onResolve, onLoad, resolve: find }) {
    const names = new Map(Object.entries(later).map(([name, path]) => [resolve(cli, path), name]))
    onLoad({ filter: /packages.\w+.dist.*\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8')
      for (const [expression, module] of contents.matchAll(/\bimport\('([^']+)'\)/g)) {
        const found = await find(module, { kind: 'dynamic-import', importer: path, resolveDir: dirname(path) })
        if (found.external) continue
        const name = names.get(found.path)
        const file = Object.keys(apart).find((own) => apart[own] === module || resolve(cli, apart[own]) === found.path)
        const it = file ? `require('./${file}.cjs')` : name ? `require('./later.cjs').${name}()` : `require('${module}')`
        contents = contents.replace(expression, `Promise.resolve().then(() => ${it})`)
      }
      return { contents }
    })
    onResolve({ filter: /^later$/ }, () => ({ path: 'later', namespace: 'later' }))
    onLoad({ filter: /./, namespace: 'later' }, () => ({
      contents: Object.entries(later).map(([name, path]) => `export const ${name} = () => require('${path}')`).join('\n'),
      resolveDir: cli,
    }))
  },
}

const options = {
  absWorkingDir: cli,
  bundle: true,
  format: 'esm', // only these are split
  splitting: true,
  chunkNames: 'shared',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  define: { 'import.meta.url': 'bundleUrl' },
  external: ['@photostructure/sqlite', '@muster/api', '@muster/database/history', '@muster/notifications', '@muster/provisioning', 'pino', './later.cjs', ...Object.keys(apart).map((name) => `./${name}.cjs`)], // native code, and what only `svc serve`, the history and clusters need, stay packages
  plugins: [helpIsAscii, lateImports],
  outdir: output,
  outExtension: { '.js': '.cjs' },
  write: false,
  logLevel: 'warning',
}
const bundles = [
  await build({ ...options, entryPoints: { svc: 'dist/svc.js', later: 'later' } }),
  ...(await Promise.all(Object.entries(apart).map(([name, path]) => build({ ...options, entryPoints: { [name]: path } })))),
]

rmSync(output, { recursive: true, force: true })
mkdirSync(output)
for (const file of bundles.flatMap(({ outputFiles }) => outputFiles)) {
  const { code, map } = await transform(file.text, {
    format: 'cjs', // the loader of ES modules costs half as much as starting Node
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true, // all of it is read at each start; names stay: err.name is one
    minifySyntax: true,
    banner: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;",
    sourcemap: true,
    sourcefile: basename(file.path),
  })
  if (basename(file.path) === 'shared.cjs' && code.length > mostShared) throw new Error(`${file.path} has ${code.length} characters; compiling it is the largest part of svc list. Put what that seldom needs into \`later\`.`)
  writeFileSync(file.path, `${code}//# sourceMappingURL=${basename(file.path)}.map\n`)
  writeFileSync(`${file.path}.map`, map)
}
