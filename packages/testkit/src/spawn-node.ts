import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'

import { within } from './within.js'

export interface SpawnNodeOptions {
  /** Added to this process's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Open a message channel, with structured clones as messages. Default false. */
  readonly ipc?: boolean
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const keptCharacters = 1024 * 1024

/** Starts `node file ...args`. The caller owns the process: `await using` ends it, stopped or not. */
export function spawnNode(file: string, args: readonly string[] = [], { env = {}, ipc = false }: SpawnNodeOptions = {}): NodeProcess {
  return new NodeProcess(
    spawn(process.execPath, [file, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
      serialization: 'advanced',
    }),
  )
}

/** A running Node process, made by `spawnNode`. */
export class NodeProcess implements AsyncDisposable {
  readonly pid: number
  /** Resolves when the process has ended and all its output was read. */
  readonly exited: Promise<Exit>
  readonly #child: ChildProcess
  readonly #text = { stdout: '', stderr: '' }
  readonly #onOutput = new Set<() => void>()
  #exit: Exit | undefined

  constructor(child: ChildProcess) {
    if (child.pid === undefined) throw new Error('The process did not start')
    this.pid = child.pid
    this.#child = child
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        this.#text[name] = (this.#text[name] + text).slice(-keptCharacters)
        this.#tell()
      })
    }
    this.exited = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        this.#exit = { code, signal }
        resolve(this.#exit)
        this.#tell()
      })
    })
  }

  /** What it wrote, the last million characters. */
  get stdout(): string {
    return this.#text.stdout
  }

  get stderr(): string {
    return this.#text.stderr
  }

  /** Sends a signal; nothing happens if the process has ended. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Resolves to the first line of its standard output, past or to come, that matches. Rejects when it ends without one. */
  line(pattern: RegExp, { timeoutMs = 10_000, from = 'stdout' }: { timeoutMs?: number; from?: 'stdout' | 'stderr' } = {}): Promise<RegExpExecArray> {
    const found = new Promise<RegExpExecArray>((resolve, reject) => {
      const look = (): void => {
        const lines = this.#text[from].split('\n')
        if (this.#exit === undefined) lines.pop() // the last one may be half a line
        const match = lines.map((line) => pattern.exec(line)).find((candidate) => candidate !== null)
        if (match) resolve(match)
        else if (this.#exit) reject(new Error(`It ended (${JSON.stringify(this.#exit)}) without ${String(pattern)}; it wrote: ${this.describeOutput()}`))
        else return
        this.#onOutput.delete(look)
      }
      this.#onOutput.add(look)
      look()
    })
    return within(found, timeoutMs, `a line like ${String(pattern)} from process ${this.pid}`)
  }

  /** Sends a message; the process must have been started with `ipc`. */
  send(message: object): void {
    this.#child.send(message, () => {
      // Not delivered means that it is ending, which `exited` tells.
    })
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#child.on('message', listener)
  }

  /** The end of what it wrote, for the text of an error. */
  describeOutput(): string {
    return JSON.stringify((this.#text.stdout + this.#text.stderr).slice(-2000))
  }

  /** Ends it at once and waits until it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#exit === undefined) {
      this.signal('SIGCONT')
      this.signal('SIGKILL')
    }
    await within(this.exited, 10_000, `the end of process ${this.pid}`)
  }

  #tell(): void {
    for (const listener of this.#onOutput) listener()
  }
}
