import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'

import { scratchStore } from '../scratch-store.js'
import { startServer } from '../server-process.js'
import type { ServerProcess } from '../server-process.js'
import { openHistory } from './server-history.js'
import { changesPerSecond, Writer } from './writer.js'

const services = 100

/** A server that keeps the history of its store, tells webhooks on this machine, and a RabbitMQ if one is given. */
export interface SinkScene extends AsyncDisposable {
  readonly server: ServerProcess
  /** Straight on its backend: who adds and deletes webhooks. */
  readonly group: ServiceGroup
  /** Changes its services, straight on the backend as well: the server only observes that. */
  readonly change: (count: number) => Promise<readonly number[]>
}

export async function openSinkScene(rabbitmq?: string): Promise<SinkScene> {
  const store = await scratchStore()
  const options = { webhookAllow: ['127.0.0.0/8'], ...(rabbitmq !== undefined && { rabbitmq: { url: rabbitmq } }) }
  const server = await startServer('api-server.js', [store.backend, JSON.stringify(options)])
  const writer = new Writer(store.backend)
  const group = await openServiceGroup(store.backend)
  await writer.join({ workers: services, hosts: services, perSecond: changesPerSecond })
  await openHistory(server)
  return {
    server,
    group,
    change: async (count) => (await writer.change(count)).times,
    async [Symbol.asyncDispose]() {
      await group.close()
      for (const resource of [writer, server, store]) await resource[Symbol.asyncDispose]()
    },
  }
}
