import type { Worker } from '../workers/worker.js'
import { placeOf } from './gate.js'

/** A type on a host: who lives there, and which service it is. */
export interface Place {
  readonly workers: Set<Worker>
  uuid: string | undefined
}

const noWorkers: ReadonlySet<Worker> = new Set()

/** Workers by type and host, each in the place of its service. Workers that do not say both are nowhere. */
export class Places {
  readonly #places = new Map<string, Place>()

  workersOf(type: string, host: string): ReadonlySet<Worker> {
    return this.#places.get(placeOf(type, host))?.workers ?? noWorkers
  }

  uuidOf(type: string, host: string): string | undefined {
    return this.#places.get(placeOf(type, host))?.uuid
  }

  /** Notes which service is there. */
  register(type: string, host: string, uuid: string): Place {
    const place = this.#at(placeOf(type, host))
    place.uuid = uuid
    return place
  }

  /** Forgets it, unless another one has taken its place. */
  unregister(type: string, host: string, uuid: string): void {
    const name = placeOf(type, host)
    const place = this.#places.get(name)
    if (place?.uuid !== uuid) return
    place.uuid = undefined
    this.#forgetIfEmpty(name, place)
  }

  /** The service that the worker is of, if there is one. */
  add(worker: Worker): string | undefined {
    const name = nameOf(worker)
    if (name === undefined) return undefined
    const place = this.#at(name)
    place.workers.add(worker)
    return place.uuid
  }

  /** The service that the worker was of, if there is one. */
  remove(worker: Worker): string | undefined {
    const name = nameOf(worker)
    const place = name === undefined ? undefined : this.#places.get(name)
    if (name === undefined || !place?.workers.delete(worker)) return undefined
    this.#forgetIfEmpty(name, place)
    return place.uuid
  }

  #at(name: string): Place {
    let place = this.#places.get(name)
    if (!place) this.#places.set(name, (place = { workers: new Set(), uuid: undefined }))
    return place
  }

  #forgetIfEmpty(name: string, { workers, uuid }: Place): void {
    if (workers.size === 0 && uuid === undefined) this.#places.delete(name)
  }
}

const nameOf = ({ type, hostname }: Worker): string | undefined => (type === null || hostname === null ? undefined : placeOf(type, hostname))
