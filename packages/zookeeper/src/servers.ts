import { InvalidArgument } from '@muster/common'

export interface ServerAddress {
  readonly host: string
  readonly port: number
}

/**
 * Reads `h1:2181,h2,[::1]:2181/chroot`; the port is 2181 where none is given.
 * @throws InvalidArgument
 */
export function parseServers(text: string): { servers: ServerAddress[]; chroot: string } {
  const slash = text.indexOf('/')
  const hosts = slash < 0 ? text : text.slice(0, slash)
  const chroot = slash < 0 ? '' : text.slice(slash).replace(/\/$/, '')
  const servers = hosts.split(',').map((item) => item.trim()).filter((item) => item !== '').map(parseServer)
  if (servers.length === 0) throw new InvalidArgument('servers', 'No ZooKeeper server is named', { hint: 'Write host:port, or several with commas between: zk1:2181,zk2:2181' })
  return { servers, chroot }
}

function parseServer(text: string): ServerAddress {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(digits ?? 2181)
  if (host === undefined || port < 1 || port > 65_535) throw new InvalidArgument('servers', `'${text}' is no host:port`, { hint: 'Write zk1:2181, 10.0.0.1:2181 or [::1]:2181.' })
  return { host, port }
}

export const formatServer = ({ host, port }: ServerAddress): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

/** Hands out the servers in turn, beginning anywhere: clients of one process list must not all sit on its first server. */
export class Rotation {
  readonly #servers: readonly ServerAddress[]
  #next: number

  constructor(servers: readonly ServerAddress[]) {
    this.#servers = servers
    this.#next = Math.floor(Math.random() * servers.length)
  }

  get size(): number {
    return this.#servers.length
  }

  next(): ServerAddress {
    const server = this.#servers[this.#next % this.#servers.length]
    this.#next += 1
    if (!server) throw new TypeError('no servers') // parseServers has seen to it
    return server
  }
}
