import { parseEndpoint } from '@muster/client'
import type { Fetch } from '@muster/client'

import { lightFetchWith } from '../light-fetch.js'
import { reasonOf } from '../reason-of.js'
import { readTlsFiles } from '../server-access.js'
import type { ServerAccess } from '../server-access.js'
import { fail, failed, ok, skip, unreachable } from './check.js'
import type { Check, Family, Finding } from './check.js'
import { compareClocks } from './clock.js'
import { lookAtName, lookAtPort, lookAtTls, stepSignal } from './network.js'

const whatRuns = 'a server of Muster (svc serve)'

/** Of one thing that fails nothing else can be asked. */
const mustWork = (finding: Finding): Finding => (finding.status === 'fail' ? unreachable(finding.found, finding.advice) : finding)

/** What can be wrong with a server of Muster, from the outside. @throws InvalidArgument */
export function endpointFamily({ endpoint, ...access }: ServerAccess & { readonly endpoint: string }): Family {
  const tlsFiles = readTlsFiles(access)
  const fetch = lightFetchWith(tlsFiles)
  const base = parseEndpoint(endpoint)
  const isTls = base.protocol === 'https:'
  const host = base.hostname.replace(/^\[|\]$/g, '')
  const address = { host, port: Number(base.port || (isTls ? 443 : 80)) }
  const name: Check = { name: 'name', look: async (signal) => mustWork(await lookAtName(host, signal)) }
  const tcp: Check = { name: 'tcp', look: async (signal) => mustWork(await lookAtPort(address, signal, whatRuns)) }
  const tls: Check = { name: 'tls', look: async (signal) => (isTls ? mustWork(await lookAtTls(address, tlsFiles, signal)) : skip('the URL begins with http:, so nothing is encrypted')) }
  const ask = (path: string, signal: AbortSignal): Promise<Answer> => askServer(fetch, new URL(path, base), signal)
  return {
    checks: [
      name,
      tcp,
      tls,
      { name: 'livez', look: async (signal) => mustWork(await ask('livez', stepSignal(signal)).then(judgeLiveness, failed)) },
      { name: 'readyz', look: async (signal) => judgeReadiness(await ask('readyz', signal)) },
      { name: 'version', look: async (signal) => judgeVersion(await ask('v1', signal)) },
      { name: 'clock', look: async (signal) => judgeClock(await ask('livez', signal)) },
    ],
  }
}

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly date: string | null
  readonly before: number
  readonly after: number
}

async function askServer(fetch: Fetch, url: URL, signal: AbortSignal): Promise<Answer> {
  const before = Date.now()
  const response = await fetch(url, { method: 'GET', signal, headers: { Accept: 'application/json' } }).catch((error: unknown) => {
    throw new Error(reasonOf(error instanceof Error && error.cause !== undefined ? error.cause : error))
  })
  const after = Date.now()
  const text = await response.text()
  return { status: response.status, body: parse(text), date: response.headers.get('Date'), before, after }
}

function parse(text: string): Answer['body'] {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : 'unknown')

function judgeLiveness({ status, body }: Answer): Finding {
  if (status === 200 && body.status === 'ok') return ok('the server answers')
  return fail(`what answers there is not Muster: HTTP ${status} to /livez`, 'Check the host, the port and the path.')
}

function judgeReadiness({ status, body }: Answer): Finding {
  if (status === 200) return ok(`lists are answered; its backend is ${textOf(body.backend)}`)
  return fail(`HTTP ${status}: the server is ${textOf(body.status)}, its backend is ${textOf(body.backend)}`, 'Run svc doctor --backend URL on the host of the server, with the URL that it serves.')
}

function judgeVersion({ status, body }: Answer): Finding {
  const { version } = body
  const found: Readonly<Record<string, unknown>> = typeof version === 'object' && version !== null ? { ...version } : {}
  if (status === 200 && found.id !== undefined) return ok(`API ${textOf(found.id)}, ${textOf(found.status).toLowerCase()}`)
  return fail(`HTTP ${status}: the server does not tell its version`, 'Update the server.')
}

const halfSecond = 500 // the header has whole seconds

function judgeClock({ date, before, after }: Answer): Finding {
  const theirs = date === null ? NaN : Date.parse(date)
  return Number.isNaN(theirs) ? skip('the server sends no date') : compareClocks(theirs + halfSecond, before, after, halfSecond)
}
