import type { Worker, WorkerChange } from '@muster/servicegroup'

import { createApp } from '../app.js'
import { HandMadeServices, HandMadeView, handMadeGroup, worker } from '../hand-made-view.test.support.js'
import { closeServers, serveApp } from '../serve-app.test.support.js'
import { EventReader } from './event-reader.test.support.js'
import type { FeedOptions } from './feed.js'

const readers: EventReader[] = []

/** Closes what the scenes of a test have opened. */
export function closeScenes(): void {
  for (const reader of readers.splice(0)) reader.close()
  closeServers()
}

export interface Scene {
  readonly view: HandMadeView
  readonly services: HandMadeServices
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
  const services = new HandMadeServices(view)
  const stopping = new AbortController()
  const logged: string[] = []
  const keep = (_fields: object, message: string): void => void logged.push(message)
  const app = createApp(handMadeGroup(view, services), { feed, stopping: stopping.signal, logger: { debug: () => {}, info: keep, warn: keep, error: keep } })
  const port = await serveApp(app)
  return {
    view,
    services,
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
