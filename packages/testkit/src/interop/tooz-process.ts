import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { RemoteCalls } from '../remote-calls.js'
import { NodeProcess } from '../spawn-node.js'
import { findPythonSystems } from './python-systems.js'

/** Read from the sources: the compiler leaves out what is not TypeScript. */
const program = fileURLToPath(new URL('../../src/interop/tooz_process.py', import.meta.url))

/** What a tooz worker says of itself: any value of Python that msgpack can write. */
export type ToozCapabilities = Buffer | string | number | null | readonly unknown[] | Readonly<Record<string, unknown>>

/** What Vitrage knows of a worker. */
export interface VitrageService {
  readonly name: string
  readonly hostname: string
  readonly process: number
  readonly created: string
}

/** The methods of a tooz coordinator that tests use, and the functions of `tooz_process.py`. */
export type ToozFunctions = {
  readonly create_group: (group: string) => void
  readonly delete_group: (group: string) => void
  readonly get_groups: () => string[]
  readonly join_group: (group: string, capabilities?: ToozCapabilities) => void
  readonly leave_group: (group: string) => void
  readonly update_capabilities: (group: string, capabilities: ToozCapabilities) => void
  readonly get_members: (group: string) => string[]
  readonly get_member_capabilities: (group: string, member: string) => unknown
  readonly get_leader: (group: string) => Buffer | null
  readonly stand_down_group_leader: (group: string) => boolean
  /** Ends its session. */
  readonly stop: () => void
  readonly join_as_vitrage: (group: string, name: string) => VitrageService
  readonly services_as_vitrage: (group: string) => VitrageService[]
  readonly join_as: (memberId: string, group: string, capabilities: ToozCapabilities) => void
  readonly join_partitioned: (group: string, weight: number) => void
  readonly leave_partitioned: (group: string) => void
  readonly members_on_ring: (group: string) => string[]
  readonly members_for_objects: (group: string, objects: readonly string[], ignored: readonly string[], replicas: number) => string[][]
  readonly belongs_to_self: (group: string, objects: readonly string[]) => boolean[]
  readonly ring: (partitions: number, steps: readonly RingStep[]) => [answers: string[][], size: number]
  readonly watch: (group: string) => void
  readonly stand: (group: string) => void
  readonly acquire: (lock: string, timeoutSeconds?: number) => boolean
  readonly is_still_owner: (lock: string) => boolean
  readonly acquire_in_kazoo: (kind: KazooLock, lock: string, timeoutSeconds?: number) => boolean
  readonly release: (lock: string) => boolean | null
}

export type KazooLock = 'Lock' | 'ReadLock' | 'WriteLock'

/** A call of tooz's HashRing: its method and the arguments. */
export type RingStep =
  | readonly [method: 'add_node', node: string, weight: number]
  | readonly [method: 'remove_node', node: string]
  | readonly [method: 'get_nodes', data: string, ignored: readonly string[], replicas: number]

/** What a watch of a tooz worker has told: `joined`, `left` or `elected`, the group and the member. */
export type ToozEvent = readonly [type: string, group: string, member: string]

/** A tooz coordinator in a Python process of its own; its errors are RemoteErrors named as in Python. `await using` kills it. */
export class ToozProcess extends RemoteCalls<ToozFunctions> implements AsyncDisposable {
  readonly process: NodeProcess
  /** Told by its watches, in order. */
  readonly events: readonly ToozEvent[]

  private constructor(process: LineProcess) {
    super(process)
    this.process = process
    const events: ToozEvent[] = []
    this.events = events
    process.onMessage((message) => {
      if (typeof message === 'object' && message !== null && 'event' in message) events.push(message.event as ToozEvent)
    })
  }

  /** Starts a coordinator on the backend that `url` names, in tooz's own form. Calls wait until it is connected. */
  static async start(url: string, memberId: string): Promise<ToozProcess> {
    const { python } = await findPythonSystems()
    return new ToozProcess(new LineProcess(python, [program, url, memberId]))
  }

  get pid(): number {
    return this.process.pid
  }

  /** Ends it by SIGKILL and resolves when it is gone. */
  async kill(): Promise<void> {
    await this.process[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

/** A process whose messages are JSON, one a line. */
class LineProcess extends NodeProcess {
  readonly #input: Writable
  readonly #listeners: ((message: unknown) => void)[] = []

  constructor(command: string, args: readonly string[]) {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    super(child)
    this.#input = child.stdin.on('error', () => undefined) // not delivered means that it is ending, which `exited` tells
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message: unknown = JSON.parse(line, (_, value: unknown) => (isBytes(value) ? Buffer.from(value.data) : value))
      for (const listener of this.#listeners) listener(message)
    })
  }

  override send(message: object): void {
    this.#input.write(`${JSON.stringify(message)}\n`)
  }

  override onMessage(listener: (message: unknown) => void): void {
    this.#listeners.push(listener)
  }
}

function isBytes(value: unknown): value is { data: number[] } {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value
}
