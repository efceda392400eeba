import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { NodeProcess, spawnNode } from '../spawn-node.js'
import type { Exit } from '../spawn-node.js'
import { findPythonSystems } from './python-systems.js'

/** The command as users run it: the checked-in file on the built bundle. */
const svcFile = fileURLToPath(new URL('../../../cli/bin/svc.js', import.meta.url))

/** What would send `svc` elsewhere. */
const environment = Object.fromEntries(['SVC_BACKEND', 'SVC_ENDPOINT', 'SVC_GROUP', 'SVC_NAME', 'SVC_HOSTNAME', 'SVC_PORT', 'SVC_LOG'].map((name) => [name, undefined]))

export interface Result {
  readonly code: Exit['code']
  readonly stdout: string
  readonly stderr: string
}

async function toEnd(running: NodeProcess): Promise<Result> {
  await using process = running
  const { code } = await process.exited
  return { code, stdout: process.stdout, stderr: process.stderr }
}

/** Starts `svc` with these words; the caller ends it. */
export function startSvc(...words: readonly string[]): NodeProcess {
  return spawnNode(svcFile, words, { env: environment })
}

/** Runs `svc` with these words to its end. */
export function svc(...words: readonly string[]): Promise<Result> {
  return toEnd(startSvc(...words))
}

/** Runs the stock command `vitrage` against a server of ours, as one without Keystone is asked. */
export async function stockVitrage(endpoint: string, ...words: readonly string[]): Promise<Result> {
  const { vitrage } = await findPythonSystems()
  const auth = ['--os-auth-type', 'vitrage-noauth', '--user-id', 'admin', '--project-id', 'admin', '--endpoint', endpoint]
  return toEnd(new NodeProcess(spawn(vitrage, [...auth, ...words], { env: { ...process.env, LC_ALL: 'C.UTF-8' }, stdio: ['ignore', 'pipe', 'pipe'] })))
}

export interface Server extends AsyncDisposable {
  readonly url: string
}

/** Runs `svc serve` on a free port. */
export async function startServer(backend: string): Promise<Server> {
  const process = startSvc('serve', '--port', '0', '--backend', backend)
  try {
    const [, url = ''] = await process.line(/^listening on (http:\/\/\S+)$/)
    return { url, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() }
  } catch (error) {
    await process[Symbol.asyncDispose]()
    throw error
  }
}
