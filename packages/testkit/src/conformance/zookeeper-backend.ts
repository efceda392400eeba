import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

import { createClient } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'

import { startFaultProxy } from '../zookeeper/fault-proxy/fault-proxy.js'
import type { ZooKeeperServer } from '../zookeeper/server.js'
import type { ConformanceBackend, Store } from './backend.js'

/** Stores on one server: each is a path of its own, reached through a proxy of its own. */
export class ZooKeeperBackend implements ConformanceBackend, AsyncDisposable {
  readonly shortTimeoutMs = 2000
  readonly opensConnected = false
  readonly seesProcesses = false
  readonly versionsNameIncarnations = false
  readonly takesOverAtOnce = false
  readonly namespacesShareStoreId = false
  readonly #server: () => ZooKeeperServer
  #client: ZooKeeperClient | undefined
  #stores = 0

  /** `server` is asked for at the first store. */
  constructor(server: () => ZooKeeperServer) {
    this.#server = server
  }

  async store(): Promise<Store> {
    const { endpoint } = this.#server()
    const client = (this.#client ??= createClient(endpoint))
    const chroot = `/store-${(this.#stores += 1)}`
    await client.create(chroot)
    const proxy = await startFaultProxy(endpoint)
    let babbler: Babbler | undefined
    return {
      url: ({ timeoutMs, namespace } = {}) => {
        const options = { ...(timeoutMs === undefined ? {} : { timeout: `${timeoutMs}ms` }), ...(namespace === undefined ? {} : { namespace }) }
        return `zookeeper://${proxy.endpoint}${chroot}?${new URLSearchParams(options).toString()}`
      },
      isThere: async () => (await client.getChildren(chroot)).children.length > 0,
      fingerprint: () => fingerprintOf(client, chroot),
      breakDown: async () => {
        babbler = await startBabbler()
        proxy.setTarget(babbler.endpoint)
        proxy.cut()
      },
      obstruct: () => {
        proxy.suspend()
        const end = (): Promise<void> => {
          proxy.resume()
          return Promise.resolve()
        }
        return Promise.resolve({ [Symbol.asyncDispose]: end })
      },
      [Symbol.asyncDispose]: async () => {
        await proxy[Symbol.asyncDispose]()
        await babbler?.[Symbol.asyncDispose]()
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client?.close()
  }
}

/** Every node with its last changes. */
async function fingerprintOf(client: ZooKeeperClient, path: string): Promise<string> {
  await client.sync()
  const { children, stat } = await client.getChildren(path)
  const below = await Promise.all(children.sort().map((child) => fingerprintOf(client, `${path}/${child}`)))
  return [`${path} ${stat.czxid} ${stat.mzxid} ${stat.pzxid}`, ...below].join('\n')
}

interface Babbler extends AsyncDisposable {
  readonly endpoint: string
}

/** A server that is no ZooKeeper and says so at once. */
async function startBabbler(): Promise<Babbler> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.resume().end('SSH-2.0-OpenSSH_9.2\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}
