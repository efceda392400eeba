import { readFile } from 'node:fs/promises'

import { eventually } from './eventually.js'

/** R, S, D, T and so on as in /proc, Linux only; undefined when there is no such process. */
export async function processState(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return /\) (\w)/.exec(stat)?.[1]
}

/** Sends SIGSTOP or SIGCONT to processes that run. A signal acts a moment after it was sent; on Linux the state that it leads to is waited for. */
export async function stopOrContinue(pids: readonly number[], name: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  for (const pid of pids) process.kill(pid, name)
  if (process.platform !== 'linux') return
  await Promise.all(
    pids.map((pid) =>
      eventually(async () => {
        const state = (await processState(pid)) ?? 'Z' // it has ended: nobody waits for that
        if (state !== 'Z' && (state === 'T') !== (name === 'SIGSTOP')) throw new Error(`process ${pid} is in state ${state}`)
      }),
    ),
  )
}
