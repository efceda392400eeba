// What every script needs first, with Node's own modules only: it must run before anything is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const buildStamp = join(root, 'node_modules', '.cache', 'muster-build')

/** Ends the script with a clear sentence when this Node is older than package.json asks for. */
export function requireNode(version = process.versions.node) {
  const floor = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node.replace('>=', '')
  const [major, minor] = version.split('.').map(Number)
  const [floorMajor, floorMinor] = floor.split('.').map(Number)
  if (major < floorMajor || (major === floorMajor && minor < floorMinor)) {
    console.error(`Muster needs Node ${floor} or newer; this is Node ${version}. Install a newer one from https://nodejs.org`)
    process.exit(1)
  }
}

/** Runs a command in the root folder with its output shown; ends the script with the command's status if it fails. */
export function run(command, args, { env = {}, allowFailure = false } = {}) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  if (error) throw error
  const code = status ?? (signal === 'SIGINT' ? 130 : 1)
  if (code !== 0 && !allowFailure) process.exit(code)
  return code
}

/** Runs a tool of node_modules by its own entry point: no shell, no network. */
export function runTool(packageName, bin, args, options) {
  return run(process.execPath, [...(options?.nodeOptions ?? []), join(root, 'node_modules', packageName, bin), ...args], options)
}

/** True when every required package of the lock is in node_modules in its locked version. */
export function isInstalled() {
  const installedFile = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedFile)) return false
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages
  return Object.entries(locked).every(([path, { version, optional, devOptional, peer, link }]) => {
    if (path === '' || !path.includes('node_modules')) return true
    const found = installed[path]
    if (!found) return Boolean(optional || devOptional || peer)
    return (link || found.version === version) && existsSync(join(root, path))
  })
}

function newestChange(folder) {
  if (!existsSync(folder)) return 0
  let newest = statSync(folder).mtimeMs // a file that was removed changes its folder
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    newest = Math.max(newest, entry.isDirectory() ? newestChange(path) : statSync(path).mtimeMs)
  }
  return newest
}

export const packages = () => readdirSync(join(root, 'packages')).sort()

const manifest = (name) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))

/** The packages that npm is to have. */
export const published = () => packages().filter((name) => manifest(name).private !== true)

/** True when no source, configuration or lock is newer than the last successful build. */
export function isBuilt() {
  if (!existsSync(buildStamp)) return false
  const built = statSync(buildStamp).mtimeMs
  const sources = [...['build.js', 'bundle-cli.js'].map((name) => join(root, 'scripts', name)), join(root, 'tsconfig.base.json'), join(root, 'package-lock.json')]
  for (const name of packages()) {
    const folder = join(root, 'packages', name)
    if (!existsSync(join(folder, 'dist'))) return false
    sources.push(join(folder, 'package.json'), join(folder, 'tsconfig.json'))
    if (Math.max(newestChange(join(folder, 'src')), newestChange(join(folder, 'test'))) > built) return false
  }
  return sources.every((file) => statSync(file).mtimeMs <= built)
}

export function markBuilt(startedAt) {
  mkdirSync(dirname(buildStamp), { recursive: true })
  writeFileSync(buildStamp, `${new Date(startedAt).toISOString()}\n`)
}

/** Installs and builds what is missing. The usual case, nothing missing, takes some 20 ms. */
export function prepare() {
  requireNode()
  if (!isInstalled()) run('npm', ['ci', '--no-audit', '--no-fund'])
  if (!isBuilt()) run(process.execPath, [join(root, 'scripts', 'build.js')])
}
