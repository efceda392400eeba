import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

export interface SystemUser {
  readonly uid: number
  readonly gid: number
}

const alive = new Set<ChildProcess>()
let tie: readonly string[] | undefined

/**
 * Starts a program that does not outlive this process: on Linux the system kills it when this process dies in whatever way,
 * elsewhere it is killed when this process exits. `output` is the descriptor of a file for all it writes: a pipe would
 * fill up, and stop it, while this process is busy. `user`: as whom it runs, for root to say.
 */
export async function spawnTied(program: string, args: readonly string[], output: number, user?: SystemUser): Promise<ChildProcess> {
  tie ??= findTie()
  const [command = program, ...words] = [...tie, program, ...args]
  const child = spawn(command, words, { stdio: ['ignore', output, output], ...user })
  if (alive.size === 0) process.once('exit', killAll)
  alive.add(child)
  child.once('exit', () => {
    alive.delete(child)
    if (alive.size === 0) process.off('exit', killAll)
  })
  await once(child, 'spawn') // rejects with the error when there is no such program
  return child
}

function killAll(): void {
  for (const child of alive) child.kill('SIGKILL')
}

/** `setpriv` asks the kernel for the signal, then becomes the program. Busybox has a setpriv without that option. */
function findTie(): readonly string[] {
  if (process.platform !== 'linux') return []
  const words = ['setpriv', '--pdeathsig', 'KILL', '--']
  const trial = spawnSync('setpriv', [...words.slice(1), 'setpriv', '--version'], { stdio: 'ignore', timeout: 5000 })
  return trial.status === 0 ? words : []
}
