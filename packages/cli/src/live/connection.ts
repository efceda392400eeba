import type { ConnectionState } from '@muster/coordination'

import type { Io } from '../io.js'
import { say } from '../io.js'
import { asciiJson } from '../output/json.js'

export type Connection = Pick<ConnectionState, 'state' | 'reason'>

/** As a watch in JSON tells it. */
export const connectionJson = ({ state, reason }: Connection): string => asciiJson({ type: 'connection', state, ...(reason !== undefined && { reason }) })

/** As a watch for people says it on stderr. */
export function sayConnection({ state, reason }: Connection, io: Io): void {
  if (state === 'connected') say(io, 'connected again')
  else say(io, `not connected, trying again (${reason ?? state})`)
}
