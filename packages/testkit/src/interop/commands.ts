import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { NodeProcess, spawnNode } from '../spawn-node.js'
import type { Exit } from '../spawn-node.js'
import { findPythonSystems } from './python-systems.js'

/** The command as users run it: the checked-in file on the built bundle. */
export const svcFile = fileURLToPath(new URL('../../../cli/bin/svc.js', import.meta.url))

/** What would send `svc` elsewhere. */
const environment = Object.fromEntries(['SVC_BACKEND', 'SVC_ENDPOINT', 'SVC_GROUP', 'SVC_NAME', 'SVC_HOSTNAME', 'SVC_PORT', 'SVC_LOG'].map((name) => [name, undefined]))

export interface Result {
  readonly code: Exit['code']
  readonly stdout: string
  readonly stderr: string
}

async function toEnd(started: NodeProcess): Promise<Result> {
  await using running = started
  const { code } = await running.exited
  return { code, stdout: running.stdout, stderr: running.stderr }
}

/** Starts `svc` with these words; the caller ends it. */
export function startSvc(...words: readonly string[]): NodeProcess {
  return spawnNode(svcFile, words, { env: environment })
}

/** Runs `svc` with these words to its end. */
export function svc(...words: readonly string[]): Promise<Result> {
  return toEnd(startSvc(...words))
}

/** Runs a stock command of OpenStack with these words. */
async function stock(name: 'vitrage' | 'openstack' | 'nova', words: readonly string[], env: Readonly<Record<string, string>>, cwd?: string): Promise<Result> {
  const { [name]: command } = await findPythonSystems()
  const sameEachTime = { LC_ALL: 'C.UTF-8', PYTHONHASHSEED: '0' } // the seed decides in what order Python's sets are sent
  const child = spawn(command, words, { env: { ...process.env, ...sameEachTime, ...env }, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  return toEnd(new NodeProcess(child))
}

/** Runs the stock command `vitrage` with these words. */
export function vitrage(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Result> {
  return stock('vitrage', words, env)
}

/** How the stock clients of Nova are told to ask a server of ours without Keystone, and in which microversion; default: the highest that both know. */
export interface NovaAccess {
  readonly endpoint: string
  readonly version?: string | undefined
  /** Sent as a token; default: none is asked for. */
  readonly token?: string | undefined
}

function accessWords({ endpoint, version, token }: NovaAccess): string[] {
  const auth = token === undefined ? ['--os-auth-type', 'none'] : ['--os-auth-type', 'admin_token', '--os-token', token]
  return [...auth, '--os-endpoint', `${endpoint}/v2.1`, ...(version === undefined ? [] : ['--os-compute-api-version', version])]
}

/** Runs the stock command `openstack` with these words. */
export function openstack(access: NovaAccess, ...words: readonly string[]): Promise<Result> {
  return stock('openstack', [...accessWords(access), ...words], {})
}

/** Runs the stock command `openstack` against Sahara's API as a server of ours has it below `path`, in this folder: it may write files there. */
export function sahara(endpoint: string, { path, cwd }: { readonly path: string; readonly cwd: string }, ...words: readonly string[]): Promise<Result> {
  const version = path.startsWith('/v2') ? ['--os-data-processing-api-version', '2'] : []
  return stock('openstack', ['--os-auth-type', 'none', '--os-endpoint', endpoint + path, ...version, 'dataprocessing', ...words], {}, cwd)
}

/** Runs the stock command `nova` with these words. It wants to know whom Keystone would be asked about, and never asks. */
export function nova(access: NovaAccess, ...words: readonly string[]): Promise<Result> {
  return stock('nova', [...accessWords(access), ...words], { OS_PROJECT_NAME: 'p', OS_USERNAME: 'u', OS_AUTH_URL: 'http://127.0.0.1:1' })
}

/** Runs the stock `vitrage service list` against a server of ours, as one without Keystone is asked. */
export function vitrageServiceList(endpoint: string, ...words: readonly string[]): Promise<Result> {
  return vitrage(['--os-auth-type', 'vitrage-noauth', '--user-id', 'admin', '--project-id', 'admin', '--endpoint', endpoint, 'service', 'list', ...words])
}

export interface Server extends AsyncDisposable {
  readonly url: string
}

/** Runs `svc serve` on a free port. */
export async function startServer(backend: string): Promise<Server> {
  const running = startSvc('serve', '--port', '0', '--backend', backend)
  try {
    const [, url = ''] = await running.line(/^listening on (http:\/\/\S+)$/, { timeoutMs: 30_000 })
    return { url, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() }
  } catch (error) {
    await running[Symbol.asyncDispose]()
    throw error
  }
}
