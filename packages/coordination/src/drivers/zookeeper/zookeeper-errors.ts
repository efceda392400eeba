import { BackendUnreachable, Closed, isMusterError, NotAllowed, NotSupported } from '@muster/common'
import type * as ZooKeeper from '@muster/zookeeper'
import type { ZooKeeperError, ZooKeeperErrorCode } from '@muster/zookeeper'

/** @muster/zookeeper is an optional peer: only those who use this driver install it. */
export async function importZooKeeper(): Promise<typeof ZooKeeper> {
  try {
    return await import('@muster/zookeeper')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new NotSupported('The ZooKeeper backend needs the package @muster/zookeeper', { cause, hint: 'npm install @muster/zookeeper' })
  }
}

const isRefusal = (error: unknown): error is ZooKeeperError => error instanceof Error && error.name === 'ZooKeeperError'

/** Why a server refused a request; undefined for every other error. */
export const codeOf = (error: unknown): ZooKeeperErrorCode | undefined => (isRefusal(error) ? error.code : undefined)

/** Which op of a multi was refused. */
export const indexOf = (error: unknown): number | undefined => (isRefusal(error) ? error.index : undefined)

const verbs: Readonly<Record<string, string>> = { getData: 'read', getChildren: 'list', setData: 'write', check: 'look at' }

/** `user`: whose credentials the session has. */
const refusalOf = ({ code, operation }: ZooKeeperError, user: string | undefined): string =>
  `ZooKeeper does not allow ${user === undefined ? 'a session without a user' : `'${user}'`} to ${operation.replace(/^\w+/, (verb) => verbs[verb] ?? verb)} (${code})`

/** Makes what the client throws one of the contract's errors. */
export function translate(error: unknown, user?: string): unknown {
  if (isMusterError(error, 'closed')) return new Closed('The session', { cause: error })
  if (!isRefusal(error)) return error
  switch (error.code) {
    case 'NO_AUTH':
    case 'AUTH_FAILED':
    case 'INVALID_ACL':
    case 'SESSION_CLOSED_REQUIRE_SASL_AUTH':
      return new NotAllowed(refusalOf(error, user), {
        cause: error,
        hint: 'Give the user who may: zookeeper://user:password@host:2181, or zookeeper://user@host:2181 with the password in SVC_ZOOKEEPER_PASSWORD. svc acl show tells who may do what.',
      })
    case 'UNIMPLEMENTED':
      return new NotSupported(`This ZooKeeper server cannot do it: ${error.message}`, { cause: error, hint: 'ZooKeeper 3.6 or newer is needed.' })
    default:
      return new BackendUnreachable('ZooKeeper', `it refused: ${error.message}`, { cause: error })
  }
}
