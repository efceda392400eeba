import { BackendUnreachable, InvalidArgument, isMusterError, messageOf, NotAllowed } from '@muster/common'
import type { MusterError } from '@muster/common'

// Reply codes of AMQP 0-9-1. amqplib has them as `code`, but for those of the handshake, which it only writes into its message.
const accessRefused = 403
const notFound = 404
const preconditionFailed = 406

const codeOf = (error: unknown): string | number | undefined => (error as { code?: string | number } | null | undefined)?.code

/** What the broker says itself: the last of what amqplib wraps it in. */
const wordsOf = (error: unknown): string => /with message "(?:[A-Z_]+ - )?(.*)"$/s.exec(messageOf(error))?.[1] ?? messageOf(error)

/** A broker did not let in. */
export function translateConnectError(error: unknown, shown: string): MusterError {
  if (isMusterError(error)) return error
  const message = messageOf(error)
  if (message.includes(`terminated by server: ${accessRefused}`)) return new NotAllowed(`${shown}: ${wordsOf(error)}`, { cause: error, hint: 'Check user and password; guest is let in from the broker’s own host only.' })
  if (message.includes('ConnectionOpenOk; got <ConnectionClose')) return new NotAllowed(`${shown}: the vhost is not there, or it is full, or the user may not use it`, { cause: error, hint: 'rabbitmqctl add_vhost makes one, rabbitmqctl set_permissions -p VHOST lets a user in.' })
  const code = String(codeOf(error) ?? '')
  const isAboutCertificates = /CERT|TLS|SSL|SIGNATURE/.test(code)
  return new BackendUnreachable(shown, message || code, { cause: error, ...(isAboutCertificates && { hint: 'cacertfile names the file of the authority that signed the broker’s certificate; the certificate must be for the host of the URL.' }) })
}

/** The broker has refused an exchange, a queue or a message; undefined when it is something else. */
export function translateRefusal(error: unknown, shown: string): MusterError | undefined {
  if (isMusterError(error)) return error
  const words = wordsOf(error)
  if (codeOf(error) === accessRefused) return new NotAllowed(`${shown}: ${words}`, { cause: error, hint: 'rabbitmqctl set_permissions: the user needs configure and write on exchange and queue, and read on the exchange.' })
  if (codeOf(error) === preconditionFailed) return otherSettings(error, words, shown)
  if (codeOf(error) === notFound) return new BackendUnreachable(shown, words, { cause: error, hint: 'Somebody has removed it; it is made anew at the next try.' })
  return undefined
}

/** An exchange or queue of that name is there, with other settings: which, the broker tells in words only. */
function otherSettings(error: unknown, words: string, shown: string): MusterError {
  const [, setting = '', kind = '', current] = /inequivalent arg '([^']+)' for (exchange|queue) .* current is '?([^']*)/s.exec(words) ?? []
  const remedy = setting === 'durable' ? `Set durable to ${String(current)}, as it is.` : kind === 'queue' ? 'Turn declare_queue off: whoever made it will listen to it.' : 'Name another exchange.'
  return new InvalidArgument(setting === '' ? 'exchange' : setting, `${shown}: ${words}`, { cause: error, hint: `${remedy} Or remove the ${kind === '' ? 'exchange' : kind} from the broker.` })
}
