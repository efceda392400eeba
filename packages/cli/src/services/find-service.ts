import { didYouMean, InvalidArgument, NotFound } from '@muster/common'
import type { ReadServicesOptions, Service, ServiceGroupApi, ServiceId } from '@muster/servicegroup'

import { atMost } from '../some-of.js'
import { nameOf } from './service-columns.js'

const shortestPrefix = 4
const uuidShape = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/
const mostCandidates = 10

/** The argument that names a service. */
export const target = { name: 'TARGET', of: 'service' } as const

/**
 * Finds the service that a word means: its uuid, four or more characters that its uuid alone begins with, `type@host`, or the name
 * of a host that has this service alone, or of a worker of it.
 * @throws NotFound; InvalidArgument, with the candidates, when it may mean several
 */
export async function findService(reader: ServiceGroupApi, word: string, options: ReadServicesOptions = {}): Promise<Service> {
  const id = exactId(word)
  const exact = id && (await reader.getOne(id, options)).service
  if (exact) return exact
  const [{ services }, workers] = await Promise.all([reader.getMany({}, options), reader.workers({ name: word }, options)])
  const places = new Set(workers.map(({ type, hostname }) => `${type}@${hostname}`))
  const isPrefix = word.length >= shortestPrefix && /^[\da-f-]+$/i.test(word)
  const found = services.filter((service) => service.host === word || places.has(nameOf(service)) || (isPrefix && service.uuid.startsWith(word.toLowerCase())))
  const [first, second] = found
  if (!first) throw new NotFound(`The service '${word}'`, { hint: `svc list --services shows those that there are.${didYouMean(word, services.map(nameOf))}` })
  if (second) throw new InvalidArgument('target', `'${word}' may mean ${found.length} services: ${atMost(mostCandidates, found.map((service) => `${nameOf(service)} (${service.uuid})`))}`, { hint: 'Write type@host or more of the uuid.' })
  return first
}

/** What the word names by its form alone. A host has no @ in it, a type may. */
function exactId(word: string): ServiceId | undefined {
  if (uuidShape.test(word.toLowerCase())) return word.toLowerCase()
  const at = word.lastIndexOf('@')
  return at > 0 && at < word.length - 1 ? { type: word.slice(0, at), host: word.slice(at + 1) } : undefined
}
