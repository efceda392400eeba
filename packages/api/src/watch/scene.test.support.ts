import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { Worker, WorkerChange } from '@muster/servicegroup'

import { createApp } from '../app.js'
import { groupOf, HandMadeView, worker } from '../hand-made-view.test.support.js'
import { createServerFor } from '../http-server.js'
import { EventReader } from './event-reader.test.support.js'
import type { FeedOptions } from './worker-feed.js'

const servers: Server[] = []
const readers: EventReader[] = []

/** Closes what the scenes of a test have opened. */
export function closeScenes(): void {
  for (const reader of readers.splice(0)) reader.close()
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
}

export interface Scene {
  readonly view: HandMadeView
  readonly port: number
  readonly logged: string[]
  /** As when the server stops. */
  readonly stop: () => void
  readonly watch: (query?: string, headers?: Record<string, string>) => Promise<EventReader>
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>
}

/** An app on a view that the test changes. */
export async function scene({ rows = [], feed = {}, synced = true }: { rows?: readonly Worker[]; feed?: FeedOptions; synced?: boolean } = {}): Promise<Scene> {
  const view = new HandMadeView()
  Object.assign(view, { rows, synced })
  const stopping = new AbortController()
  const logged: string[] = []
  const keep = (_fields: object, message: string): void => void logged.push(message)
  const app = createApp(groupOf(view), { feed, stopping: stopping.signal, logger: { debug: () => {}, info: keep, warn: keep, error: keep } })
  const server = createServerFor(app, {}).on('request', app)
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    view,
    port,
    logged,
    stop: () => stopping.abort(),
    watch: async (query = '', headers = {}) => {
      const reader = await EventReader.open(`http://127.0.0.1:${port}/v1/watch${query}`, headers)
      readers.push(reader)
      return reader
    },
    ask: (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init),
  }
}

export const named = (name: string, more: Partial<Worker> = {}): Worker => ({ ...worker, name, memberId: name, ...more })
export const joined = (row: Worker): WorkerChange => ({ type: 'joined', worker: row })
export const left = (before: Worker): WorkerChange => ({ type: 'left', before })
export const [a, b, c] = [named('a'), named('b'), named('c')]
