import { execFile } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
export const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** As a user's shell has it: without what `npm test` tells its own children about the workspace. */
function userEnvironment(): NodeJS.ProcessEnv {
  const own = /^(npm_(package_|lifecycle_|command$|execpath$|node_execpath$|config_local_prefix$)|INIT_CWD$|NODE_OPTIONS$|SVC_)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
}

export interface Output {
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program in a folder as a user would, with its output. Rejects with that output when it fails. */
export async function runIn(folder: string, file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Output> {
  return await run(file, args, { cwd: folder, env: { ...userEnvironment(), ...env }, timeout: 600_000, maxBuffer: 16 * 1024 * 1024 })
}

/** Packs packages of this repository, all that npm is to have unless named. Resolves to the tarballs, by package. */
export async function pack(folder: string, names: readonly string[] = []): Promise<ReadonlyMap<string, string>> {
  await runIn(root, process.execPath, [join(root, 'scripts', 'pack.js'), folder, ...names])
  const files = (await readdir(folder)).filter((file) => file.endsWith('.tgz'))
  return new Map(files.map((file) => [/^muster-([a-z]+)-/.exec(file)?.[1] ?? file, join(folder, file)]))
}

/** Makes an empty project and installs these tarballs there, and from npm what they need. */
export async function installInto(folder: string, tarballs: Iterable<string>): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  await runIn(folder, 'npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs])
}

/** The names of all packages that a project has installed, at any depth. */
export async function installedPackages(folder: string): Promise<string[]> {
  const { stdout } = await runIn(folder, 'npm', ['ls', '--all', '--parseable'])
  const names = stdout.split('\n').flatMap((line) => (line.includes('/node_modules/') ? [line.slice(line.lastIndexOf('/node_modules/') + '/node_modules/'.length)] : []))
  return [...new Set(names)].sort()
}
