import type { ConnectionState, Entry, Ownership } from '../../contract.js'
import { lookAt } from '../../process-identity.js'
import type { ProcessIdentity } from '../../process-identity.js'

/** The sessions of this process's client, one for each epoch. */
export class Sessions {
  readonly #ids = new Map<number, string>()

  note(epoch: number, id: string): void {
    this.#ids.set(epoch, id)
  }

  /** The session of an epoch; undefined before it is connected. */
  of(epoch: number): string | undefined {
    return this.#ids.get(epoch)
  }

  /** Whose an entry is, as far as this process can say: no server tells which process a session belongs to. */
  ownership({ owner, data }: Entry, { state, epoch }: ConnectionState): Ownership {
    if (owner === undefined) return 'unknown'
    if (state !== 'lost' && owner === this.#ids.get(epoch)) return 'self'
    if ([...this.#ids.values()].includes(owner)) return 'former-self'
    const identity = identityIn(data)
    return identity ? lookAt(identity) : 'unknown'
  }
}

/** What a member says of its process: `identity` of its capabilities. */
function identityIn(data: Uint8Array): ProcessIdentity | undefined {
  try {
    const { bootId, pidNamespace, pid, startTime } = (JSON.parse(Buffer.from(data).toString('utf8')) as { identity: Record<keyof ProcessIdentity, unknown> }).identity
    if (typeof bootId !== 'string' || typeof pidNamespace !== 'string' || typeof startTime !== 'string' || !Number.isSafeInteger(pid)) return undefined
    return { bootId, pidNamespace, pid: pid as number, startTime }
  } catch {
    return undefined
  }
}
