import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const timeoutMs = 10 * 60_000

/**
 * Installs packages of Debian without a question and without starting a service; `log` gets one line that says why.
 * Rejects with the reason when that is not possible, or not wanted: SVC_TEST_INSTALL=0.
 */
export async function installPackages(packages: readonly string[], why: string, env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<void> {
  if (env['SVC_TEST_INSTALL'] === '0') throw new Error('turned off by SVC_TEST_INSTALL=0')
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  if (!/^ID(_LIKE)?=.*debian/m.test(release)) throw new Error('this is no Debian')
  if (process.getuid?.() !== 0) throw new Error('not root')
  const command = `apt-get install --yes --no-install-recommends ${packages.join(' ')}`
  log(`${why}: running ${command} (SVC_TEST_INSTALL=0 turns this off)`)
  try {
    // Two test processes may come here at once: the second one waits and finds it done. Package lists may be missing or old.
    await run('flock', ['/run/lock/muster-test-install', 'sh', '-c', `${command} || { apt-get update && ${command}; }`], {
      timeout: timeoutMs,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l', RUNLEVEL: '1' }, // and no service is started or restarted
    })
  } catch (cause) {
    const output = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : ''
    throw new Error(`${command} failed: ${output.split('\n').slice(-3).join(' ') || String(cause)}`, { cause })
  }
}
