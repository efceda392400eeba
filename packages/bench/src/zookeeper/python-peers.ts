import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const python = '/usr/bin/python3'
const command = 'apt-get install --yes --no-install-recommends python3-tooz'

/** Sees to it that Debian's Python has kazoo and tooz. @throws Error that says what to install when it has not and cannot get them */
export async function requirePythonPeers(log: (line: string) => void): Promise<void> {
  if (await areThere()) return
  const obstacle = await obstacleToInstalling()
  if (obstacle !== undefined) throw missing(obstacle)
  log(`The peers of the benchmarks are not there: running ${command} (SVC_TEST_INSTALL=0 turns this off)`)
  try {
    await run('sh', ['-c', `${command} || { apt-get update && ${command}; }`], {
      timeout: 10 * 60_000,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' },
    })
  } catch (cause) {
    throw missing('installing it failed', cause)
  }
  if (!(await areThere())) throw missing(`${python} does not find them after installing`)
}

const areThere = (): Promise<boolean> =>
  run(python, ['-c', 'import kazoo.client, tooz.coordination']).then(
    () => true,
    () => false,
  )

async function obstacleToInstalling(): Promise<string | undefined> {
  if (process.env['SVC_TEST_INSTALL'] === '0') return 'SVC_TEST_INSTALL=0 forbids to install it'
  if (!/^ID(_LIKE)?=.*debian/m.test(await readFile('/etc/os-release', 'utf8').catch(() => ''))) return 'this is no Debian'
  return process.getuid?.() === 0 ? undefined : 'only root can install it'
}

const missing = (reason: string, cause?: unknown): Error =>
  new Error(`The ZooKeeper benchmarks measure against kazoo and tooz on ${python}, which has not got them, and ${reason}. On Debian or Ubuntu: sudo apt-get install python3-tooz`, { cause })
