import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { within } from '@muster/testkit'

/** A group on a server. */
export interface Place {
  /** host:port */
  readonly endpoint: string
  readonly group: string
}

/** What contestants are asked to do; the programs in `python` answer to the same names, some not to all. */
export interface Tasks {
  /**
   * Connects and reads all members with their data: as bytes, which is what kazoo gives, or as members with their
   * capabilities, which is what tooz gives. `grownMb`: how much memory the process has got in between.
   */
  list(options: Place & { readonly as: 'bytes' | 'members' }): { ms: number; count: number; grownMb: number }
  /** Creates members in one session, of which it sends `perCommit` as one transaction. Connecting and closing do not count. */
  create(options: Place & { count: number; perCommit: number; capabilities: string }): { ms: number; cpuMs: number }
  /** Connects so many sessions and joins one member in each, numbered from `first` on, at once where calls do not block. */
  join(options: Place & { first: number; count: number; capabilities: string }): { ms: number }
  /** Connects and watches the names of the members, or the members with their capabilities; answers when it has seen `expected`. */
  watch(options: Place & { expected: number; as: 'names' | 'members' }): null
  /** Acquires and releases a lock that nobody else wants, so many times. Connecting and closing do not count. */
  lock(options: Place & { count: number }): { ms: number }
  /**
   * So many contenders, each with a session of its own, stand in line behind one who holds the lock; each releases it when it has it.
   * `ms`: from the first release until so many have had it.
   */
  handOver(options: Place & { contenders: number; count: number }): { ms: number }
  /** Waits until the watch has seen so many more. `arrivals`: when it first had 1, 2, 3 ... more, on the clock of all processes. */
  watched(options: { joined: number }): { cpuMs: number; arrivals: number[] }
}

export type Name = 'muster' | 'kazoo' | 'tooz'

const python = '/usr/bin/python3'
const programs: Readonly<Record<Name, readonly [command: string, file: URL]>> = {
  muster: [process.execPath, new URL('muster-contestant.js', import.meta.url)],
  kazoo: [python, new URL('../../src/zookeeper/python/kazoo_contestant.py', import.meta.url)],
  tooz: [python, new URL('../../src/zookeeper/python/tooz_contestant.py', import.meta.url)],
}
/** Without what slows every start of Node. */
const settings = { NODE_OPTIONS: undefined, NODE_EXTRA_CA_CERTS: undefined, PYTHONDONTWRITEBYTECODE: '1' }
const taskWithinMs = 180_000
const endWithinMs = 5000

/** A program in a process of its own that does what it is asked; disposing of it ends the process. */
export class Contestant implements AsyncDisposable {
  readonly name: Name
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #ended: Promise<unknown>

  private constructor(name: Name) {
    const [command, file] = programs[name]
    this.name = name
    this.#child = spawn(command, [fileURLToPath(file)], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...settings } })
    this.#ended = once(this.#child, 'exit')
    this.#ended.catch(() => undefined) // the first answer tells it
    this.#lines = createInterface({ input: this.#child.stdout ?? process.stdin })[Symbol.asyncIterator]()
  }

  /** Resolves when the program is loaded. */
  static async start(name: Name): Promise<Contestant> {
    const contestant = new Contestant(name)
    await contestant.#answer('start')
    return contestant
  }

  async ask<Task extends keyof Tasks>(task: Task, options: Parameters<Tasks[Task]>[0]): Promise<ReturnType<Tasks[Task]>> {
    this.#child.stdin?.write(`${JSON.stringify({ task, options })}\n`)
    return (await this.#answer(task)) as ReturnType<Tasks[Task]>
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end()
    const late = setTimeout(() => this.#child.kill('SIGKILL'), endWithinMs)
    await this.#ended.catch(() => undefined)
    clearTimeout(late)
  }

  async #answer(task: string): Promise<unknown> {
    const line = await within(this.#lines.next(), taskWithinMs, `${task} of ${this.name}`)
    if (line.done === true) throw new Error(`${this.name} ended during ${task}`)
    const { result, error } = JSON.parse(line.value) as { result?: unknown; error?: string }
    if (error !== undefined) throw new Error(`${task} of ${this.name} failed: ${error}`)
    return result
  }
}
