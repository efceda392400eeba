import { BackendUnreachable, NotAllowed, NotSupported } from '@muster/common'

import { reasonOf } from '../reason-of.js'
import type { NovaUrl } from './nova-url.js'

const deadlineMs = 30_000
/** Of the versions `2.<minor>` of Nova's API, the newest whose answers are known here. */
const newestKnown = 93

/** What a Nova answers to `GET /os-services`, and in which version `2.<minor>`. */
export interface NovaAnswer {
  readonly minor: number
  readonly rows: readonly unknown[]
}

/** Asks for all services, in the newest version that both sides know. @throws BackendUnreachable, NotAllowed, NotSupported */
export async function askNova(nova: NovaUrl, token: string | undefined, signal?: AbortSignal): Promise<NovaAnswer> {
  const { version } = (await get(nova, nova.versions, { token, signal })) as { version?: { version?: unknown; min_version?: unknown } }
  const [newest, oldest] = [minorOf(version?.version) ?? 1, minorOf(version?.min_version) ?? 1]
  if (oldest > newestKnown) throw new NotSupported(`Nova at ${nova.name} begins with version 2.${oldest}; svc knows those up to 2.${newestKnown}`)
  const minor = Math.min(newest, newestKnown)
  const { services } = (await get(nova, nova.services, { token, signal, minor })) as { services?: unknown }
  if (!Array.isArray(services)) throw new BackendUnreachable(nova.name, 'what it answers is no list of services')
  return { minor, rows: services }
}

interface Asking {
  readonly token: string | undefined
  readonly signal: AbortSignal | undefined
  readonly minor?: number
}

async function get(nova: NovaUrl, url: URL, { token, signal, minor }: Asking): Promise<object> {
  const version = minor === undefined ? {} : { 'OpenStack-API-Version': `compute 2.${minor}`, 'X-OpenStack-Nova-API-Version': `2.${minor}` }
  const headers = { Accept: 'application/json', ...version, ...(token !== undefined && { 'X-Auth-Token': token }) }
  const ended = AbortSignal.any([AbortSignal.timeout(deadlineMs), ...(signal ? [signal] : [])])
  let response: Response
  let text: string
  try {
    response = await fetch(url, { headers, redirect: 'manual', signal: ended }) // a token goes nowhere else
    text = await response.text()
  } catch (cause) {
    signal?.throwIfAborted()
    throw new BackendUnreachable(nova.name, reasonOf(cause instanceof Error && cause.cause !== undefined ? cause.cause : cause), { hint: 'Check the host, the port and the path.', cause })
  }
  const content = parse(text)
  if (response.status === 200 && content) return content
  throw refusal(nova, response, content, token)
}

function refusal({ name }: NovaUrl, { status, headers }: Response, content: object | undefined, token: string | undefined): Error {
  const hint = 'SVC_TOKEN_FILE names a file that holds a token of an administrator: openstack token issue -f value -c id'
  if (status === 401) return new NotAllowed(`Nova at ${name} ${token === undefined ? 'asks for a token' : 'does not accept the token'}`, { hint })
  if (status === 403) return new NotAllowed(`Nova at ${name} does not let this token list services`, { hint })
  const location = headers.get('Location')
  if (location !== null) return new BackendUnreachable(name, `it sends callers on to ${location}`, { hint: 'Write that URL, with nova+ before it.' })
  const [fault] = Object.values(content ?? {}) as { message?: unknown }[]
  const message = typeof fault?.message === 'string' ? `: ${fault.message}` : ''
  return new BackendUnreachable(name, `it answers HTTP ${status}, ${headers.get('Content-Type') ?? 'no content type'}${message}`, { hint: 'Check the host, the port and the path.' })
}

function minorOf(version: unknown): number | undefined {
  const [, minor] = typeof version === 'string' ? (/^2\.(\d+)$/.exec(version) ?? []) : []
  return minor === undefined ? undefined : Number(minor)
}

/** Undefined for what is no JSON object. */
function parse(text: string): object | undefined {
  try {
    const content: unknown = JSON.parse(text)
    return typeof content === 'object' && content !== null ? content : undefined
  } catch {
    return undefined
  }
}
