// npm run pack -- FOLDER [NAME...]: builds what is missing and writes what npm is to have into FOLDER, a tarball for each
// package; only for the NAMEs (cli, zookeeper, ...) if there are any. Prints the names of the files.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'

import { prepare, published, run } from './workspace.js'

const [folder, ...names] = process.argv.slice(2)
const unknown = names.filter((name) => !published().includes(name))
if (folder === undefined || unknown.length > 0) {
  console.error(`Not understood${unknown.length > 0 ? `: ${unknown.join(', ')}` : ''}. npm run pack -- FOLDER [NAME...], NAME one of: ${published().join(', ')}`)
  process.exit(64)
}
prepare()
const target = resolve(process.env.INIT_CWD ?? '.', folder) // where the user is; npm itself changes to the root
mkdirSync(target, { recursive: true })
const workspaces = (names.length > 0 ? names : published()).flatMap((name) => ['--workspace', `packages/${name}`])
run('npm', ['pack', '--loglevel', 'error', '--pack-destination', target, ...workspaces])
