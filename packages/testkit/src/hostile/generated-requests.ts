import fc from 'fast-check'

import type { Operation, Schema } from './api-description.js'

/** Words that have broken one server or another. */
const hostileTexts = [
  '', '\0', '%', '%00', '%E0%A4%A', '../../../etc/passwd', '..%2f..%2f', '${jndi:ldap://x}', '<script>', "' OR 1=1 --", '\r\nX-Injected: 1', '%0d%0aX-Injected:%201', '\u2028', '\u202e', '💥',
  '__proto__', 'constructor', 'toString', 'null', 'NaN', '-1', '1e999', '9'.repeat(400), 'a'.repeat(4000), '[object Object]', '*', '"', '2.99999', 'latest', 'compute latest', 'W/"x"',
]
const hostileText = fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ unit: 'binary', maxLength: 30 }), fc.string({ maxLength: 30 }))

/** A value for a schema, as a client would send it, or nearly. */
function valueFor(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const [type] = [schema.type].flat()
  switch (type) {
    case 'array':
      return valueFor(schema.items ?? {})
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: 1, max: 1000 })
    case 'object':
      return fc.record(Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, part]) => [name, mostly(valueFor(part), fc.jsonValue())])), { requiredKeys: [] })
    default:
      return fc.oneof(fc.constantFrom('nova-compute', 'host1', '10m', 'true'), fc.date({ noInvalidDate: true }).map((date) => date.toISOString()), hostileText)
  }
}

const mostly = <T, U>(good: fc.Arbitrary<T>, bad: fc.Arbitrary<U>): fc.Arbitrary<T | U> => fc.oneof({ arbitrary: good, weight: 6 }, { arbitrary: bad, weight: 1 })

/** Some send what cannot stand in a URL as it is. */
const encoded = (text: string, isRaw: boolean): string => (isRaw ? text.replace(/[\r\n ]/g, '') : Array.from(Buffer.from(text), (byte) => (byte > 47 && byte < 58 ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`)).join(''))

const rarely = fc.integer({ max: 9, min: 0 }).map((number) => number === 0)

function queryFor({ query }: Operation): fc.Arbitrary<string> {
  const known = query.map(({ name, schema }) => fc.tuple(fc.constant(name), mostly(valueFor(schema), hostileText)))
  const unknown = fc.tuple(hostileText, hostileText)
  const pair = known.length === 0 ? unknown : mostly(fc.oneof(...known), unknown)
  return fc.array(fc.tuple(pair, rarely), { maxLength: 4 }).map((pairs) => pairs.map(([[name, value], isRaw]) => `${encoded(name, isRaw)}=${encoded(String(value), isRaw)}`).join('&'))
}

function pathFor({ path }: Operation, names: readonly string[]): fc.Arbitrary<string> {
  const name = mostly(fc.constantFrom(...names), hostileText)
  const plain = (text: string): string => text
  const trick = fc.constantFrom((text: string) => `/${text}`, (text: string) => `${text}/`, (text: string) => `${text}/../${text}`, (text: string) => text.toUpperCase(), (text: string) => `http://example.org${text}`, (text: string) => `${text}%00`)
  return fc.tuple(name, rarely, mostly(fc.constant(plain), trick)).map(([value, isRaw, change]) => change(path.replace(/\{\w+\}/g, () => encoded(value, isRaw))))
}

const bodyFor = ({ body }: Operation): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: (body ? valueFor(body) : fc.jsonValue()).map((value) => JSON.stringify(value)), weight: 4 },
    { arbitrary: fc.json({ maxDepth: 6 }), weight: 1 },
    { arbitrary: fc.json().map((text) => text.slice(0, -1)), weight: 1 },
    { arbitrary: hostileText, weight: 1 },
  )

const types = mostly(fc.constantFrom('application/json', 'application/merge-patch+json'), fc.constantFrom('text/plain', 'application/json; charset=utf-16', 'multipart/form-data; boundary=x', ''))

/** Requests for what a server tells of itself, valid and hostile, as bytes. Each asks for the end of its connection. `names`: what may stand in paths; `headers`: added to each. */
export function generatedRequests(operations: readonly Operation[], names: readonly string[], headers: Readonly<Record<string, string>>): fc.Arbitrary<Buffer> {
  const given = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const own = ['X-Request-Id', 'X-Svc-Actor', 'If-Match', 'If-None-Match', 'Accept', 'Accept-Encoding', 'Last-Event-ID', 'Range', 'Content-Encoding', 'Authorization', 'X-Auth-Token', 'Forwarded', 'X-HTTP-Method-Override']
  return fc.constantFrom(...operations).chain((operation) => {
    const method = mostly(fc.constant(operation.method), fc.constantFrom('get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace'))
    const header = fc.tuple(fc.constantFrom(...operation.headers, ...own), hostileText).map(([name, value]) => `${name}: ${value.replace(/[\r\n\0]/g, '')}`)
    const body = fc.option(fc.tuple(bodyFor(operation), types), { nil: undefined, freq: operation.body ? 8 : 2 })
    return fc.tuple(method, pathFor(operation, names), queryFor(operation), fc.array(header, { maxLength: 3 }), body).map(([verb, path, query, headerLines, content]) => {
      const bytes = Buffer.from(content?.[0] ?? '')
      const about = content ? [`Content-Type: ${content[1]}`, `Content-Length: ${bytes.length}`] : []
      const head = [`${verb.toUpperCase()} ${path}${query === '' ? '' : `?${query}`} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...given, ...headerLines, ...about, '', '']
      return Buffer.concat([Buffer.from(head.join('\r\n')), bytes])
    })
  })
}
