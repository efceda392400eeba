import type { TlsFiles } from '../zookeeper/tls-files.js'

export interface RabbitMqOptions {
  /** Adds a second port, `secureEndpoint`, with TLS. */
  readonly tls?: TlsFiles
}

/** May do everything. */
export const admin = { username: 'guest', password: 'guest' }
/** May publish, but make nothing. */
export const limited = { username: 'limited', password: 'limited' }

/** Where the broker finds its files and listens. */
export interface Site {
  readonly listen: string
  readonly secureListen: string
  readonly definitions: string
  readonly certificates: { readonly ca: string; readonly server: string }
}

/** rabbitmq.conf. */
export function renderConfiguration({ listen, secureListen, definitions, certificates: { ca, server } }: Site, { tls }: RabbitMqOptions): string {
  const secure = [`listeners.ssl.1 = ${secureListen}`, `ssl_options.cacertfile = ${ca}`, `ssl_options.certfile = ${server}`, `ssl_options.keyfile = ${server}`, 'ssl_options.verify = verify_none']
  return ['loopback_users = none', `listeners.tcp.1 = ${listen}`, `load_definitions = ${definitions}`, ...(tls ? secure : []), ''].join('\n')
}

/** Who there is and what they may do. */
export const definitions = JSON.stringify({
  vhosts: [{ name: '/' }],
  users: [
    { name: admin.username, password: admin.password, tags: 'administrator' },
    { name: limited.username, password: limited.password, tags: '' },
  ],
  permissions: [
    { user: admin.username, vhost: '/', configure: '.*', write: '.*', read: '.*' },
    { user: limited.username, vhost: '/', configure: '^$', write: '.*', read: '.*' },
  ],
})
