import type { StartedNetwork } from 'testcontainers'

import type { TlsFiles } from './tls-files.js'

export interface ZooKeeperOptions {
  /** The unit of the server's clock; sessions end at its multiples. Default 500. */
  readonly tickTimeMs?: number
  /** Shortest session timeout a client may have. Default 1000. */
  readonly minSessionTimeoutMs?: number
  /** Longest session timeout a client may have. Default 60,000. */
  readonly maxSessionTimeoutMs?: number
  /** Further lines of zoo.cfg, over docker/zookeeper/zoo.cfg and the options above. */
  readonly config?: Readonly<Record<string, string>>
  /** Properties of the JVM, as `-Dkey=value`. */
  readonly javaProperties?: Readonly<Record<string, string>>
  /** Heap of the JVM. Default 256. */
  readonly heapMb?: number
  /** Adds a second client port, `secureEndpoint`, where a client must show a certificate of `tls.ca`. */
  readonly tls?: TlsFiles
}

/** Where the members of an ensemble find each other. */
export interface EnsembleSite extends AsyncDisposable {
  /** The `server.N` lines, the same for all members. */
  readonly lines: Readonly<Record<string, string>>
  /** Of containers: their network. */
  readonly network?: StartedNetwork
}

/** A server's place in an ensemble. */
export interface Membership {
  readonly id: number
  readonly site: EnsembleSite
}

/** What the options say, in the words of ZooKeeper. */
export interface ServerPlan {
  readonly settings: Readonly<Record<string, string | number>>
  readonly jvmOptions: readonly string[]
  readonly tls?: TlsFiles
  readonly membership?: Membership
}

export function toPlan(options: ZooKeeperOptions, membership?: Membership): ServerPlan {
  const { tickTimeMs = 500, minSessionTimeoutMs = 1000, maxSessionTimeoutMs = 60_000, config, javaProperties = {}, heapMb = 256, tls } = options
  return {
    settings: {
      tickTime: tickTimeMs,
      minSessionTimeout: minSessionTimeoutMs,
      maxSessionTimeout: maxSessionTimeoutMs,
      '4lw.commands.whitelist': '*',
      ...membership?.site.lines,
      ...config,
    },
    // One thread collects and one compiles, without the second compiler: a test's server lives for seconds.
    jvmOptions: [`-Xmx${heapMb}m`, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...Object.entries(javaProperties).map(([key, value]) => `-D${key}=${value}`)],
    ...(tls && { tls }),
    ...(membership && { membership }),
  }
}

/** The lines of the TLS port; `store` and `trust` are the files where the server sees them. */
export function tlsSettings(store: string, trust: string): Readonly<Record<string, string>> {
  return {
    serverCnxnFactory: 'org.apache.zookeeper.server.NettyServerCnxnFactory',
    'ssl.keyStore.location': store,
    'ssl.keyStore.type': 'PEM',
    'ssl.trustStore.location': trust,
    'ssl.trustStore.type': 'PEM',
    'ssl.clientAuth': 'need',
  }
}
