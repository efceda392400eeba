import { ZooKeeperClient } from './client.js'
import type { ClientOptions } from './options.js'

export { digestAcl, openAcl, Permission } from './acl.js'
export type { Acl } from './acl.js'
export type { Created, CreateMode } from './changes.js'
export type { ChangeOptions, CreateOptions, PersistentWatchOptions, Watch, ZooKeeperClient } from './client.js'
export { ephemeralLimits } from './ephemerals.js'
export { isZooKeeperError, ZooKeeperError } from './errors.js'
export type { ZooKeeperErrorCode } from './errors.js'
export type { MultiDone, MultiOp, MultiResult } from './multi.js'
export type { NodeData } from './operations.js'
export { tlsOptions } from './options.js'
export type { ClientOptions, TlsOptions } from './options.js'
export { parseServers } from './servers.js'
export type { ServerAddress } from './servers.js'
export type { CallOptions, Reads, WatchOptions } from './reads.js'
export type { SessionState } from './session-state.js'
export type { Stat } from './stat.js'
export type { WatchEvent, WatchListener } from './watches.js'

/**
 * A client of the ensemble `h1:2181,h2:2181,h3:2181/chroot` (port 2181 where none is given). It begins to connect at
 * once and never gives up; calls may be made right away.
 * @throws InvalidArgument for servers or options that can never work
 */
export function createClient(servers: string, options: ClientOptions = {}): ZooKeeperClient {
  return ZooKeeperClient.create(servers, options)
}
