import { basename } from 'node:path'

import { workerHostname } from '@muster/common'
import { makeMemberId } from '@muster/coordination/internal'

/** A key holds 200 characters: host, pid and what else ends the id must not be cut. */
const longestName = 60

/** Under which `svc` contends for a command: `reindex_controller-1_4711_1f2e3d4c`, with the pid of `svc` itself, since the command runs only later. */
export function contenderId(program: string, env: Readonly<Record<string, string | undefined>>): string {
  return makeMemberId([basename(program).slice(0, longestName), workerHostname(env)])
}

export interface Place {
  readonly hostname: string | null
  readonly process: number | null
}

/** Host and pid that the id ends in, as those of Muster do; of other ids, Python's for one, nothing is known. */
export function placeOf(memberId: string): Place {
  const { hostname, pid } = /(?:^|_)(?<hostname>[^_]+)_(?<pid>\d{1,10})_[0-9a-f]{8}$/.exec(memberId)?.groups ?? {}
  return hostname === undefined ? { hostname: null, process: null } : { hostname, process: Number(pid) }
}
