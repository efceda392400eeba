import { compareServices, compareWorkers, isExpired, matchesService } from '@muster/servicegroup'
import type { ChangeListener, LiveView, Service, ServiceChange, ServiceFilter, ServiceId, Token, Worker, WorkerChange } from '@muster/servicegroup'

import type { TokensTable } from './auth/access.js'
import type { AppServiceGroup, ServicesTable } from './context.js'

/** A view that the test changes as a backend would. */
export class HandMadeView implements LiveView {
  rows: readonly Worker[] = []
  synced = true
  connection: LiveView['connection'] = { state: 'connected', epoch: 1 }
  lastContact = Date.now()
  readonly timeoutMs = 10_000
  readonly #listeners = new Set<ChangeListener>()

  workers(): readonly Worker[] {
    return this.rows
  }

  groups(): [] {
    return []
  }

  asOf(): number {
    return this.synced ? this.lastContact : NaN
  }

  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  change(changes: Partial<Pick<HandMadeView, 'rows' | 'synced' | 'connection' | 'lastContact'>>): void {
    Object.assign(this, changes)
    for (const listener of this.#listeners) listener([])
  }

  /** Changes the workers, by what happens to them. */
  happen(...changes: readonly WorkerChange[]): void {
    const rows = new Set(this.rows)
    for (const change of changes) {
      if (change.type !== 'joined') rows.delete(change.before)
      if (change.type !== 'left') rows.add(change.worker)
    }
    this.rows = [...rows].sort(compareWorkers)
    for (const listener of this.#listeners) listener(changes)
  }

  get listeners(): number {
    return this.#listeners.size
  }
}

/** The services beside a view of workers, which the test changes too. */
export class HandMadeServices implements ServicesTable {
  rows: readonly Service[] = []
  readonly #beside: LiveView
  readonly #listeners = new Set<(changes: readonly ServiceChange[]) => void>()

  constructor(beside: LiveView) {
    this.#beside = beside
    beside.onChange(() => this.happen())
  }

  services(): readonly Service[] {
    return this.rows
  }

  select(filter: ServiceFilter): readonly Service[] {
    return this.rows.filter((service) => matchesService(filter, service, []))
  }

  find(id: ServiceId): Service | undefined {
    return this.rows.find(({ uuid, type, host }) => (typeof id === 'string' ? uuid === id : type === id.type && host === id.host))
  }

  workersOf(): ReadonlySet<Worker> {
    return new Set()
  }

  labelsOf(): [] {
    return []
  }

  get synced(): boolean {
    return this.#beside.synced
  }

  get connection(): LiveView['connection'] {
    return this.#beside.connection
  }

  get timeoutMs(): number {
    return this.#beside.timeoutMs
  }

  asOf(): number {
    return this.#beside.asOf()
  }

  onChange(listener: (changes: readonly ServiceChange[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Changes the services, by what happens to them. */
  happen(...changes: readonly ServiceChange[]): void {
    const rows = new Set(this.rows)
    for (const change of changes) {
      if (change.type !== 'created') rows.delete(change.before)
      if (change.type !== 'deleted') rows.add(change.service)
    }
    this.rows = [...rows].sort(compareServices)
    for (const listener of this.#listeners) listener(changes)
  }
}

/** The tokens of a server, by their texts; the test changes them. */
export class HandMadeTokens implements TokensTable {
  synced = true
  failure: string | undefined
  readonly tokens = new Map<string, Token>()
  readonly #listeners = new Set<() => void>()

  get isEmpty(): boolean {
    return this.tokens.size === 0
  }

  get listeners(): number {
    return this.#listeners.size
  }

  find(text: string, now: number): Token | undefined {
    const token = this.tokens.get(text)
    return token && !isExpired(token, now) ? token : undefined
  }

  isGood(token: Token, now: number): boolean {
    return [...this.tokens.values()].includes(token) && !isExpired(token, now)
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  change(change: () => void): void {
    change()
    for (const listener of this.#listeners) listener()
  }
}

/** A service group of these views; what asks a backend has none. */
export function handMadeGroup(view: LiveView, services: ServicesTable = new HandMadeServices(view), tokens: TokensTable = new HandMadeTokens()): AppServiceGroup {
  const noBackend = (): never => {
    throw new Error('there is no backend')
  }
  const asking = { getOne: noBackend, getMany: noBackend, explain: noBackend, update: noBackend, delete: noBackend, createToken: noBackend, listTokens: noBackend, revokeToken: noBackend, addWebhook: noBackend, listWebhooks: noBackend, rotateWebhookSecret: noBackend, setWebhookState: noBackend, deleteWebhook: noBackend, webhookSource: noBackend }
  return { view: () => view, servicesView: () => services, tokensView: () => tokens, ...asking }
}

export const service: Service = {
  uuid: '6d1c2f0e-0000-4000-8000-000000000001',
  type: 'nova-compute',
  host: 'h1',
  topic: 'compute',
  region: null,
  zone: 'az-1',
  status: 'enabled',
  state: 'up',
  effective: 'up',
  disabledReason: null,
  forcedDown: false,
  maintenance: null,
  version: 0,
  reportCount: 1,
  lastSeenUp: null,
  createdAt: '2026-11-28T10:00:00.000Z',
  updatedAt: null,
  index: '17',
}

export const worker: Worker = {
  name: 'ApiWorker worker(0)',
  hostname: 'controller-1',
  process: 23161,
  created: '2019-02-10T11:07:15+00:00',
  group: 'vitrage',
  type: 'ApiWorker',
  state: 'up',
  region: null,
  zone: null,
  version: null,
  labels: { rack: 'r1' },
  memberId: 'a',
  incarnation: 1,
  uuid: null,
}
