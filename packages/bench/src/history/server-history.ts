import { eventually } from '@muster/testkit'

import type { ServerProcess } from '../server-process.js'

/** Resolves when a server has opened its history, with the number of its last change: the lists are served before that. */
export async function openHistory({ url }: ServerProcess): Promise<number> {
  return eventually(async () => {
    const response = await fetch(`${url}/v1/change?limit=1`)
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`the history is not open: HTTP ${response.status}`)
    return Number(response.headers.get('X-Svc-Last-Seq'))
  }, { timeoutMs: 30_000, everyMs: 2 })
}
