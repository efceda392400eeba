import type { Acl, CallOptions, ZooKeeperClient } from '@muster/zookeeper'

import { codeOf, translate } from './zookeeper-errors.js'
import { orAbsent } from './zookeeper-list.js'
import { Acls, decodePolicy, policyPath } from './zookeeper-policy.js'

/** Whose the nodes are that a session makes: as the policy of the namespace says, else as the credentials in the URL do. */
export class Access {
  readonly #client: ZooKeeperClient
  readonly #namespace: string
  readonly #otherwise: readonly Acl[]
  readonly #user: string | undefined
  #acls: Acls | undefined
  #epoch = 0
  #staleAt = 0
  #reading: Promise<void> | undefined

  constructor(client: ZooKeeperClient, namespace: string, otherwise: readonly Acl[], user: string | undefined) {
    this.#client = client
    this.#namespace = namespace
    this.#otherwise = otherwise
    this.#user = user
  }

  /** False in a new session, and one session timeout after the policy was last read: it may be another one. */
  get isFresh(): boolean {
    return this.#epoch === this.#client.state.epoch && performance.now() < this.#staleAt
  }

  /** Begins to read the policy, where something of Muster's own is asked for: what is made there next will not wait for it. */
  prepare(): void {
    if (!this.isFresh && !this.#reading) this.#reading = this.#read({}).catch(() => undefined).finally(() => (this.#reading = undefined)) // who needs it asks again
  }

  /** Reads the policy. @throws NotSupported for one that cannot be read, and what reads throw */
  async refresh(options: CallOptions = {}): Promise<void> {
    await this.#reading
    if (!this.isFresh) await this.#read(options)
  }

  async #read({ signal }: CallOptions): Promise<void> {
    const { epoch } = this.#client.state
    const staleAt = performance.now() + this.#client.sessionTimeoutMs
    const data = await this.#readPolicy(signal)
    this.#acls = data && new Acls(decodePolicy(data), this.#namespace)
    this.#epoch = epoch
    this.#staleAt = staleAt
  }

  /** Of a new node. */
  aclOf(path: string): readonly Acl[] {
    return this.#acls?.of(path) ?? this.#otherwise
  }

  /** What a call has failed with, as one of the contract's errors. */
  readonly explain = (error: unknown): unknown => translate(error, this.#user)

  /** Undefined as well where this user may not know: it will be refused at whatever it makes. */
  async #readPolicy(signal: AbortSignal | undefined): Promise<Uint8Array | undefined> {
    try {
      return (await orAbsent(this.#client.getData(policyPath(this.#namespace), { signal })))?.data
    } catch (error) {
      if (codeOf(error) !== 'NO_AUTH') throw error
      return undefined
    }
  }
}
