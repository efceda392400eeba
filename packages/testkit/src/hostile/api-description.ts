/** What is used of a JSON schema. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
}

export interface Operation {
  readonly path: string
  readonly method: string
  readonly query: readonly { readonly name: string; readonly schema: Schema }[]
  readonly headers: readonly string[]
  readonly body: Schema | undefined
}

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

interface DescribedOperation {
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

/** Nova's face has no description; these are its paths and the names of its parameters. */
const novaText: Schema = { type: 'string' }
const novaQuery = ['host', 'binary', 'zone', 'limit', 'marker'].map((name) => ({ name, schema: novaText }))
const novaHeaders = ['OpenStack-API-Version', 'X-OpenStack-Nova-API-Version']
const novaEdit: Schema = { type: 'object', properties: { host: novaText, binary: novaText, status: { enum: ['enabled', 'disabled'] }, disabled_reason: novaText, forced_down: { type: 'boolean' } } }
const novaPaths = ['', '/os-services', '/os-services/{uuid}', '/os-services/enable', '/os-services/disable-log-reason', '/os-services/force-down', '/os-availability-zone/detail', '/os-hosts', '/os-hypervisors/detail']
const nova: readonly Operation[] = novaPaths.flatMap((path) =>
  ['get', 'put', 'delete'].map((method) => ({ path: `/v2.1${path}`, method, query: novaQuery, headers: novaHeaders, body: method === 'put' ? novaEdit : undefined })),
)

/** Every operation that a server tells of in `/openapi.json`, and Nova's. `headers`: as whoever may read needs them. */
export async function operationsOf(url: string, headers: Readonly<Record<string, string>>): Promise<readonly Operation[]> {
  const described = (await (await fetch(`${url}/openapi.json`, { headers })).json()) as Described
  const resolve = (schema: Schema): Schema => (schema.$ref === undefined ? schema : (described.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}))
  const own = Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters, requestBody }]): Operation => {
      const [content] = Object.values(requestBody?.content ?? {})
      return {
        path,
        method,
        query: parameters.filter((parameter) => parameter.in === 'query'),
        headers: parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name),
        body: content && resolve(content.schema),
      }
    }),
  )
  return [...own, ...nova]
}
