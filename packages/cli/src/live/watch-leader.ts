import { silentLogger } from '@muster/common'
import type { Coordinator, Leader } from '@muster/coordination'

import { sinceText } from '../hold/contender-columns.js'
import { placeOf } from '../hold/member-id.js'
import type { Io } from '../io.js'
import { asciiJson } from '../output/json.js'
import { watchFormat } from '../output/options.js'
import type { Format } from '../output/options.js'
import { safeText } from '../safe-text.js'
import { untilStopped } from '../stop-signals.js'
import { withCoordinator } from '../target.js'
import { timeOfDay } from './change-line.js'
import { connectionJson, sayConnection } from './connection.js'
import type { Connection } from './connection.js'

export interface WatchedLeader {
  readonly group: string
  readonly format: Format
  readonly backend: string
  readonly io: Io
}

/**
 * Writes who leads and every change of it, a line each, until INT, TERM or HUP. Resolves with the exit status.
 * @throws InvalidArgument for formats that have no changes; BackendUnreachable when nobody answers at first
 */
export function watchLeader({ group, format: asked, backend, io }: WatchedLeader): Promise<number> {
  const format = watchFormat(asked)
  return untilStopped(async (stopped) => {
    try {
      await withCoordinator(backend, io, (coordinator) => tellLeaders(coordinator, { group, format, io }, stopped), silentLogger)
    } catch (error) {
      if (!stopped.aborted) throw error
    }
    return 0
  })
}

async function tellLeaders(coordinator: Coordinator, { group, format, io }: Omit<WatchedLeader, 'backend'>, stopped: AbortSignal): Promise<void> {
  const write = (line: string): Promise<void> => io.write(`${line}\n`)
  await coordinator.getGroups({ signal: stopped }) // a watch waits for ever; this fails when nobody answers
  void tellConnection(coordinator, (connection) => {
    if (format === 'json') void write(connectionJson(connection))
    else sayConnection(connection, io)
  })
  for await (const leader of coordinator.watchLeader(group, { signal: stopped })) await write(format === 'json' ? leaderJson(group, leader) : leaderLine(group, leader))
}

const leaderJson = (group: string, leader: Leader | undefined): string => asciiJson({ type: 'leader', group, leader: leader ? toJson(leader) : null })

const toJson = ({ memberId, since, fencingToken }: Leader) => ({ memberId, ...placeOf(memberId), since: sinceText({ since }), fencingToken: String(fencingToken) })

/** One line for one leader: when, of which group, who, host and pid, token. */
function leaderLine(group: string, leader: Leader | undefined, at = new Date()): string {
  const begin = `${timeOfDay(at)}  group ${safeText(group)}  `
  if (!leader) return `${begin}nobody leads`
  const { hostname, process } = placeOf(leader.memberId)
  return `${begin}led by ${safeText(leader.memberId)}  ${safeText(hostname ?? '?')}  pid ${process ?? '?'}  token ${leader.fencingToken}`
}

/** Tells each loss and return of the connection until the coordinator is closed. */
async function tellConnection(coordinator: Coordinator, tell: (connection: Connection) => void): Promise<void> {
  let isFirst = true
  for await (const connection of coordinator.states()) {
    if (!isFirst && connection.state !== 'closed') tell(connection)
    isFirst = false
  }
}
