import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'

import { InvalidArgument, silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'

import { openAcl } from './acl.js'
import type { Acl } from './acl.js'

/** Files are read at each connection, so that renewed certificates are used without a restart. */
export interface TlsOptions {
  /** PEM of the authorities that may have signed the servers' certificates; default: those of Node. */
  readonly caFile?: string | undefined
  /** PEM of this client's certificate, for servers that ask for one. */
  readonly certFile?: string | undefined
  readonly keyFile?: string | undefined
  /** Of the key. */
  readonly passphrase?: string | undefined
  /** The name that the certificate must bear; default: the host that was dialled. */
  readonly servername?: string | undefined
  /** False trusts any server. Default true. */
  readonly verify?: boolean | undefined
}

export interface ClientOptions {
  /** How long the servers keep the session of a silent client, in ms; they may give another one. Default 10,000. */
  readonly sessionTimeoutMs?: number | undefined
  /** Sent at the beginning of each connection, such as `{ scheme: 'digest', credential: 'user:password' }`. */
  readonly auth?: readonly { readonly scheme: string; readonly credential: string }[] | undefined
  /** Of the nodes that are created without an ACL of their own. Default: everything for everybody. */
  readonly defaultAcl?: readonly Acl[] | undefined
  readonly tls?: TlsOptions | undefined
  readonly logger?: Logger | undefined
  /** The largest reply that is read; a larger one is TooLarge. Default 64 MiB. */
  readonly maxFrameBytes?: number | undefined
  /** Requests that may wait for a connection or for room; beyond them calls are QueueFull. Default 100,000. */
  readonly maxQueued?: number | undefined
  /** Requests that may be on their way at once. Default 4096. */
  readonly maxInFlight?: number | undefined
}

export interface Settings {
  readonly sessionTimeoutMs: number
  readonly auth: readonly { readonly scheme: string; readonly credential: string }[]
  readonly defaultAcl: readonly Acl[]
  readonly tls: TlsOptions | undefined
  readonly logger: Logger
  readonly maxFrameBytes: number
  readonly maxQueued: number
  readonly maxInFlight: number
  /** The number of the first request of each connection; tests begin near the last there is. */
  readonly firstXid: number
}

/** @throws InvalidArgument */
export function toSettings(options: ClientOptions): Settings {
  const { sessionTimeoutMs = 10_000, auth = [], defaultAcl = openAcl, tls, logger = silentLogger, maxFrameBytes = 64 * 1024 * 1024, maxQueued = 100_000, maxInFlight = 4096 } = options
  if (!Number.isInteger(sessionTimeoutMs) || sessionTimeoutMs < 100 || sessionTimeoutMs > 0x7fff_ffff) throw new InvalidArgument('sessionTimeoutMs', `A session timeout of ${sessionTimeoutMs} ms is not possible`, { hint: 'Servers give between 2 and 20 of their ticks, often 4 s to 40 s.' })
  for (const [name, value] of Object.entries({ maxFrameBytes, maxQueued, maxInFlight })) {
    if (!Number.isInteger(value) || value < 1) throw new InvalidArgument(name, `${name} is a whole number above 0, not ${value}`)
  }
  if (defaultAcl.length === 0) throw new InvalidArgument('defaultAcl', 'An empty ACL would let nobody in')
  if (tls) tlsOptions(tls)
  return { sessionTimeoutMs, auth, defaultAcl, tls, logger, maxFrameBytes, maxQueued, maxInFlight, firstXid: 1 }
}

/** The same for `tls.connect`. @throws InvalidArgument for a file that cannot be read; its content is in no message */
export function tlsOptions({ caFile, certFile, keyFile, passphrase, servername, verify = true }: TlsOptions): ConnectionOptions {
  return {
    ...(caFile === undefined ? {} : { ca: read('caFile', caFile) }),
    ...(certFile === undefined ? {} : { cert: read('certFile', certFile) }),
    ...(keyFile === undefined ? {} : { key: read('keyFile', keyFile) }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(servername === undefined ? {} : { servername }),
    rejectUnauthorized: verify,
    minVersion: 'TLSv1.2',
  }
}

function read(argument: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new InvalidArgument(argument, `The file ${file} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'}`, { cause })
  }
}
