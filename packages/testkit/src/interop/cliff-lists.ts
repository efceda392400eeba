import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { json, text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { findPythonSystems } from './python-systems.js'

/** Read from the sources: the compiler leaves out what is not TypeScript. */
const program = fileURLToPath(new URL('../../src/interop/cliff_lists.py', import.meta.url))

export interface CliffCase {
  /** Options of the command. */
  readonly words: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Columns of the terminal that it runs on. Default: a pipe. */
  readonly terminal?: number
}

export interface CliffList {
  readonly titles: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

/** What the command of cliff that lists these rows prints in each case, in order; null where it fails. All cases run in one Python process. */
export async function cliffLists(list: CliffList, cases: readonly CliffCase[]): Promise<readonly (string | null)[]> {
  const { python } = await findPythonSystems()
  const child = spawn(python, [program], { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => undefined) // it has ended, which its status tells
  child.stdin.end(JSON.stringify({ ...list, cases }))
  const [printed, problems, [status]] = await Promise.all([json(child.stdout), text(child.stderr), once(child, 'exit') as Promise<[number | null]>])
  if (status !== 0) throw new Error(`cliff_lists.py ended with ${status}: ${problems}`)
  return printed as (string | null)[]
}
