import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

import { findJava } from './java.js'

const run = promisify(execFile)
const timeoutMs = 10 * 60_000

/**
 * Installs Debian's package `zookeeper`, and a Java runtime if there is none, without a question. The package starts
 * nothing: its service is a package of its own. Rejects with the reason when that is not possible or not wanted.
 */
export async function installOnDebian(log: (line: string) => void): Promise<void> {
  if (process.env['SVC_TEST_INSTALL'] === '0') throw new Error('turned off by SVC_TEST_INSTALL=0')
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  if (!/^ID(_LIKE)?=.*debian/m.test(release)) throw new Error('this is no Debian')
  if (process.getuid?.() !== 0) throw new Error('not root')
  const packages = ['zookeeper', ...((await findJava()) === undefined ? ['default-jre-headless'] : [])]
  const command = `apt-get install --yes --no-install-recommends ${packages.join(' ')}`
  log(`Tests need a ZooKeeper: running ${command} (SVC_TEST_INSTALL=0 turns this off)`)
  try {
    // Two test processes may come here at once: the second one waits and finds it done. Package lists may be missing or old.
    await run('flock', ['/run/lock/muster-test-install', 'sh', '-c', `${command} || { apt-get update && ${command}; }`], {
      timeout: timeoutMs,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l', RUNLEVEL: '1' }, // and no service is started or restarted
    })
  } catch (cause) {
    const output = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : ''
    throw new Error(`${command} failed: ${output.split('\n').slice(-3).join(' ') || String(cause)}`, { cause })
  }
}
