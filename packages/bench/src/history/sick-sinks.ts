import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import { Endpoint, freePort } from '@muster/testkit'

const slowMs = 5000

/** URLs of what takes no notifications, each in its own way; disposing of it ends what listens. */
export interface SickSinks extends AsyncDisposable {
  /** By what is wrong with them. */
  readonly webhooks: Readonly<Record<string, string>>
  readonly brokers: Readonly<Record<string, string>>
}

export async function openSickSinks(): Promise<SickSinks> {
  const silent = await Endpoint.open(() => undefined)
  const slow = await Endpoint.open((_, response) => void setTimeout(() => response.writeHead(204).end(), slowMs).unref())
  const failing = await Endpoint.open((_, response) => response.writeHead(500).end())
  const dumb = await openDumbServer()
  const away = `127.0.0.1:${await freePort()}`
  return {
    webhooks: { 'a webhook that hangs': silent.url, 'a webhook that takes 5 s': slow.url, 'a webhook that answers 500': failing.url, 'a webhook that is away': `http://${away}/hook` },
    brokers: { 'a RabbitMQ that is away': `amqp://guest:guest@${away}/`, 'a RabbitMQ that hangs': `amqp://guest:guest@${dumb.address}/` },
    async [Symbol.asyncDispose]() {
      for (const resource of [silent, slow, failing, dumb]) await resource[Symbol.asyncDispose]()
    },
  }
}

/** Takes connections and says nothing. */
async function openDumbServer(): Promise<AsyncDisposable & { readonly address: string }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
