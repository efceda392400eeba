import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ValidateFunction } from 'ajv/dist/2020.js'

type Json = Readonly<Record<string, unknown>>

interface DescribedAnswer {
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, DescribedAnswer>> }>>>>
  readonly components: Json
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Holds answers of a server against its own `/openapi.json`: no other status, type, key or value than it says. */
export class DescribedAnswers {
  readonly #description: Description
  readonly #components: Json
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, formats: { 'date-time': time } })
  readonly #checks = new Map<string, ValidateFunction>()

  private constructor(description: Description) {
    this.#description = description
    this.#components = closed(description.components) as Json
  }

  static async of(url: string): Promise<DescribedAnswers> {
    return new DescribedAnswers((await (await fetch(`${url}/openapi.json`)).json()) as Description)
  }

  /** @throws when it is not as described */
  async check(method: string, path: string, response: Response): Promise<void> {
    if (/^\/v(1\.1|2|2\.1)\//.test(path)) return // Nova and Sahara describe it
    const { content = {} } = this.#find(method, path, response.status)
    const said = `${method} ${path}: ${response.status}`
    const type = response.headers.get('Content-Type')?.split(';')[0] ?? ''
    const schema = content[type]?.schema
    if (type === 'text/event-stream' && schema) return // without end
    const body = await response.clone().text()
    if (Object.keys(content).length === 0 || method === 'HEAD') {
      if (body !== '') throw new Error(`${said} has a body that is not described`)
      return
    }
    if (!schema) throw new Error(`${said} is of type '${type}', described are ${Object.keys(content).join(', ')}`)
    const isValid = this.#compile(schema)
    if (!isValid(type === 'text/plain' ? body : JSON.parse(body))) throw new Error(`${said} is not as described: ${JSON.stringify(isValid.errors)}\n${body}`)
  }

  /** The described answer; for a path or method that there is not, the problem that every other has. */
  #find(method: string, path: string, status: number): DescribedAnswer {
    const [plain = ''] = path.split('?')
    const known = Object.keys(this.#description.paths).find((template) => new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}/?$`).test(plain))
    const methods = this.#description.paths[known ?? '/']
    const operation = methods?.[method === 'HEAD' ? 'get' : method.toLowerCase()]
    const found = known === undefined || !operation ? this.#description.paths['/']?.get?.responses.default : (operation.responses[status] ?? (status >= 400 ? operation.responses.default : undefined))
    if (!found) throw new Error(`${method} ${path}: ${status} is not described`)
    return found
  }

  #compile(schema: Json): ValidateFunction {
    const key = JSON.stringify(schema)
    const isValid = this.#checks.get(key) ?? this.#ajv.compile({ ...schema, components: this.#components })
    this.#checks.set(key, isValid)
    return isValid
  }
}

/** The same with no room for keys that are not named: clients must let them be, but this server has none. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  return 'required' in inner && 'properties' in inner ? { additionalProperties: false, ...inner } : inner
}
