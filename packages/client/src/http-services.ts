import { NotFound } from '@muster/common'
import type { DeleteOptions, Explanation, Host, ReadServicesOptions, Service, ServiceFilter, ServiceId, ServicePatch, ServiceReader, ServicesAnswer, ServiceWriter, WriteOptions, Zone } from '@muster/servicegroup'

import type { Answer, Http } from './http.js'
import { isObject } from './is-object.js'
import { toServicesQuery } from './query.js'
import type { Reading } from './reading.js'
import { isExplanation, isHost, isService, isZone } from './rows.js'
import { notMuster } from './unreachable.js'

const pageSize = '1000'

/** Reads and changes services over HTTP. */
export class HttpServices implements Omit<ServiceReader, 'watch'>, ServiceWriter {
  readonly #http: Http
  readonly #reading: Reading
  readonly #endpoint: string

  constructor(http: Http, reading: Reading, endpoint: string) {
    this.#http = http
    this.#reading = reading
    this.#endpoint = endpoint
  }

  async getOne(id: ServiceId, options?: ReadServicesOptions): Promise<{ service: Service | undefined; asOf: number }> {
    const { services, asOf } = await this.getMany(typeof id === 'string' ? { uuid: id } : { type: id.type, host: id.host }, options)
    return { service: services[0], asOf }
  }

  /** Page by page, so that no answer takes longer than a request may. What is there all the while is in it once. */
  async getMany(filter: ServiceFilter = {}, options: ReadServicesOptions = {}): Promise<ServicesAnswer> {
    const services: Service[] = []
    let query: URLSearchParams | undefined = withConsistent(toServicesQuery(filter), options)
    query.set('limit', pageSize)
    let asOf = Infinity
    while (query) {
      const page = await this.#reading.list('v1/service', query, isService, 'services', options.signal)
      const next = nextQuery(page.answer.header('Link'))
      if (next && page.rows.length === 0) throw notMuster(this.#endpoint, 'an empty page that is not the last')
      services.push(...page.rows)
      asOf = Math.min(asOf, page.asOf)
      query = next
    }
    return { services, asOf }
  }

  async isUp(id: ServiceId, options: ReadServicesOptions = {}): Promise<boolean> {
    const query = new URLSearchParams(typeof id === 'string' ? { uuid: id } : { type: id.type, host: id.host })
    const { content } = await this.#reading.get('v1/liveness', withConsistent(query, options), options.signal)
    if (isObject(content) && typeof content.isUp === 'boolean') return content.isUp
    throw notMuster(this.#endpoint, 'it does not say whether a service is up')
  }

  async explain(id: ServiceId, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<Explanation> {
    const { content, header } = await this.#reading.get(`${await this.#pathOf(id, signal)}/explanation`, new URLSearchParams(), signal)
    if (isExplanation(content)) return { ...content, asOf: Date.parse(header('X-Svc-As-Of') ?? '') }
    throw notMuster(this.#endpoint, 'it does not explain the service')
  }

  async hosts(options: ReadServicesOptions = {}): Promise<{ hosts: readonly Host[]; asOf: number }> {
    const { rows, asOf } = await this.#reading.list('v1/host', withConsistent(new URLSearchParams(), options), isHost, 'hosts', options.signal)
    return { hosts: rows, asOf }
  }

  async zones(options: ReadServicesOptions = {}): Promise<{ zones: readonly Zone[]; asOf: number }> {
    const { rows, asOf } = await this.#reading.list('v1/zone', withConsistent(new URLSearchParams(), options), isZone, 'zones', options.signal)
    return { zones: rows, asOf }
  }

  async update(id: ServiceId, patch: ServicePatch, options: WriteOptions = {}): Promise<Service> {
    const { maintenance } = patch
    // A merge patch keeps what it does not name; here what is not named has its default.
    const whole = maintenance ? { ...patch, maintenance: { ...maintenance, note: maintenance.note ?? null, start: maintenance.start ?? null } } : patch
    const body = JSON.stringify(whole)
    const headers = { 'Content-Type': 'application/merge-patch+json', ...headersOf(options) }
    const path = await this.#pathOf(id, options.signal)
    return this.#changed(await this.#http.write({ method: 'PATCH', path, query: queryOf(options), headers, body, operation: 'the update' }, options.signal))
  }

  async delete(id: ServiceId, options: DeleteOptions = {}): Promise<Service> {
    const path = await this.#pathOf(id, options.signal)
    return this.#changed(await this.#http.write({ method: 'DELETE', path, query: queryOf(options), headers: headersOf(options), operation: 'the deletion' }, options.signal))
  }

  /** @throws NotFound */
  async #pathOf(id: ServiceId, signal: AbortSignal | undefined): Promise<string> {
    const uuid = typeof id === 'string' ? id : (await this.getOne(id, { consistent: true, signal })).service?.uuid
    const isName = uuid !== undefined && !['', '.', '..'].includes(uuid) // those would be another path
    if (!isName) throw new NotFound(`The service ${typeof id === 'string' ? id : `${id.type}@${id.host}`}`)
    return `v1/service/${encodeURIComponent(uuid)}`
  }

  #changed({ content }: Answer): Service {
    if (isService(content)) return content
    throw notMuster(this.#endpoint, 'it does not tell the service that was changed')
  }
}

function withConsistent(query: URLSearchParams, { consistent = false }: ReadServicesOptions): URLSearchParams {
  if (consistent) query.set('consistent', 'true')
  return query
}

export const actorHeader = (actor: string | undefined): Record<string, string> => (actor === undefined ? {} : { 'X-Svc-Actor': encodeURIComponent(actor) })

const headersOf = ({ actor, ifVersion }: WriteOptions): Record<string, string> => ({
  ...actorHeader(actor),
  ...(ifVersion !== undefined && { 'If-Match': `"${encodeURIComponent(ifVersion)}"` }),
})

const queryOf = ({ reason, force = false }: DeleteOptions): URLSearchParams => new URLSearchParams({ ...(reason !== undefined && { reason }), ...(force && { force: 'true' }) })

/** The query of the next page, which the server names. */
function nextQuery(link: string | null): URLSearchParams | undefined {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1]
  return target === undefined ? undefined : new URL(target, 'http://localhost/').searchParams
}
