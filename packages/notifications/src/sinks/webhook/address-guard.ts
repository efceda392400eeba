import { lookup as lookupName } from 'node:dns/promises'
import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'

import { BackendUnreachable, InvalidArgument, NotAllowed } from '@muster/common'
import ipaddr from 'ipaddr.js'

/** All the addresses of a name. */
export type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>

export interface AddressRules {
  /** Ranges that are not public and may be sent to all the same, also without TLS: `10.1.0.0/16`, `fd00::/8`, `127.0.0.1`. */
  readonly allow?: readonly string[] | undefined
  /** Default: as the system resolves names. */
  readonly lookup?: Lookup | undefined
}

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Range = readonly [Address, number]

/** Of IPv6 only this is handed out: all else is inside, or IPv4 in disguise. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/** Says to which addresses webhooks may be sent: public ones, and those that an operator allows. */
export class AddressGuard {
  readonly #allow: readonly Range[]
  readonly #lookup: Lookup

  /** @throws InvalidArgument for a range that is none */
  constructor({ allow = [], lookup = (hostname) => lookupName(hostname, { all: true }) }: AddressRules = {}) {
    this.#allow = allow.map(toRange)
    this.#lookup = lookup
  }

  /**
   * The addresses at which this URL may be reached, at least one. Whoever connects must take one of these and not look again: the next answer may be another.
   * @throws NotAllowed when it has no such address; BackendUnreachable when it has none
   */
  async resolve(url: URL): Promise<LookupAddress[]> {
    const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1')
    const family = isIP(hostname)
    const found = family === 0 ? await this.#find(hostname) : [{ address: hostname, family }]
    const allowed = found.filter(({ address }) => this.#allows(address, url.protocol))
    if (allowed.length > 0) return allowed
    const [first] = found
    if (!first) throw new BackendUnreachable(hostname, 'the name has no address')
    const reason = url.protocol === 'http:' && isPublic(first.address) ? 'is public, and must be reached by https:' : 'is none that webhooks may be sent to'
    throw new NotAllowed(`The address ${first.address} of ${hostname} ${reason}`, { hint: 'Public addresses are reached by https:; others must be among the ranges that the servers allow.' })
  }

  async #find(hostname: string): Promise<readonly LookupAddress[]> {
    try {
      return await this.#lookup(hostname)
    } catch (cause) {
      throw new BackendUnreachable(hostname, 'the name cannot be resolved', { cause })
    }
  }

  #allows(text: string, protocol: string): boolean {
    const address = ipaddr.parse(text)
    return this.#allow.some((range) => isWithin(address, range)) || (protocol === 'https:' && isPublic(text))
  }
}

function isPublic(text: string): boolean {
  const address = ipaddr.parse(text)
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || isWithin(address, globalUnicast))
}

const isWithin = (address: Address, [network, bits]: Range): boolean => address.kind() === network.kind() && address.match(network, bits)

function toRange(text: string): Range {
  const [network = ''] = text.split('/')
  const family = isIP(network)
  try {
    if (family !== 0) return ipaddr.parseCIDR(network === text ? `${text}/${family === 4 ? 32 : 128}` : text)
  } catch {
    // as below
  }
  throw new InvalidArgument('allow', `'${text}' is no range of addresses`, { hint: 'Write it as 10.1.0.0/16 or fd00::/8.' })
}
