import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ConnectionOptions, TLSSocket } from 'node:tls'

import { reasonOf } from '../reason-of.js'
import { fail, ok, warn } from './check.js'
import type { Finding } from './check.js'

export interface Address {
  readonly host: string
  readonly port: number
}

export const formatAddress = ({ host, port }: Address): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

const stepMs = 1800

/** Ends with the check, and before its limit, so that each server has a line of its own. */
export const stepSignal = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(stepMs)])

/** Rejects when the signal aborts; what was begun goes on unseen. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp: () => void = () => {}
  const aborted = new Promise<never>((_, reject) => (giveUp = () => reject(new Error('no answer in time'))))
  signal.addEventListener('abort', giveUp)
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

export async function lookAtName(host: string, signal: AbortSignal): Promise<Finding> {
  if (isIP(host) !== 0) return ok(`${host} is an address`)
  try {
    const addresses = await untilAborted(lookup(host, { all: true }), stepSignal(signal))
    return ok(`${host} is ${addresses.map(({ address }) => address).join(', ')}`)
  } catch (error) {
    return fail(`${host}: ${reasonOf(error)}`, 'Check the spelling, /etc/hosts and the name server of this host.')
  }
}

export async function lookAtPort(address: Address, signal: AbortSignal, whatRuns: string): Promise<Finding> {
  const startedAt = performance.now()
  const socket = connect(address)
  try {
    await once(socket, 'connect', { signal: stepSignal(signal) })
    return ok(`${formatAddress(address)} accepts connections, after ${Math.ceil(performance.now() - startedAt)} ms`)
  } catch (error) {
    return fail(`${formatAddress(address)}: ${reasonOf(error)}`, `Does ${whatRuns} run there, on this port, and does a firewall let this host through?`)
  } finally {
    socket.destroy()
  }
}

/** A name is asked for by name; an address has none to ask for. */
export const connectSecurely = (address: Address, options: ConnectionOptions): TLSSocket =>
  connectTls({ ...(isIP(address.host) ? {} : { servername: address.host }), ...options, ...address })

const soonDays = 14
const dayMs = 86_400_000

/** Shakes hands, whatever the certificate, and judges that afterwards. */
export async function lookAtTls(address: Address, options: ConnectionOptions, signal: AbortSignal): Promise<Finding> {
  const name = formatAddress(address)
  const socket = connectSecurely(address, { ...options, rejectUnauthorized: false })
  try {
    await once(socket, 'secureConnect', { signal: stepSignal(signal) })
    return judge(name, socket, options.rejectUnauthorized !== false)
  } catch (error) {
    return fail(`${name}: no TLS handshake: ${reasonOf(error)}`, 'Does this port speak TLS, and does it take the certificate of this client?')
  } finally {
    socket.destroy()
  }
}

function judge(name: string, socket: TLSSocket, verify: boolean): Finding {
  const { valid_to: end } = socket.getPeerCertificate()
  const days = Math.floor((Date.parse(end) - Date.now()) / dayMs)
  const protocol = socket.getProtocol() ?? 'TLS'
  if (days < 0) return fail(`${name}: the certificate has expired on ${end}`, 'Renew the certificate of the server.')
  if (verify && !socket.authorized) {
    const reason = String(socket.authorizationError)
    return fail(`${name}: the certificate is not trusted: ${reason}`, 'Name the authority that signed it: ca=FILE in a zookeeper: URL, --ca-file FILE (SVC_CA_FILE) for a server of Muster.')
  }
  if (days < soonDays) return warn(`${name}: ${protocol}, the certificate expires in ${days} day${days === 1 ? '' : 's'}, on ${end}`, 'Renew the certificate of the server soon.')
  return ok(`${name}: ${protocol}, the certificate is good for ${days} days${verify ? '' : '; it is not verified'}`)
}
