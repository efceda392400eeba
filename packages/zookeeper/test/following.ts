import { performance } from 'node:perf_hooks'

import { within } from '@muster/testkit'
import type { SessionState, ZooKeeperClient } from '@muster/zookeeper'

/** A state as it was told, and what could be known at that moment. */
export interface Told extends SessionState {
  /** On `performance.now()`. */
  readonly at: number
  readonly trustedUntil: number
}

/** The states that a client was told. */
export class Following {
  told: readonly Told[] = []
  #look: () => void = () => {}

  constructor(private readonly zk: ZooKeeperClient) {
    zk.onState((state) => {
      this.told = [...this.told, { ...state, at: performance.now(), trustedUntil: zk.trustedUntil() }]
      this.#look()
    })
  }

  /** The states in short, such as `connected 1`. */
  get names(): string[] {
    return this.told.map(({ state, epoch }) => `${state} ${epoch}`)
  }

  /** Forgets what was told until now. */
  forget(): void {
    this.told = []
  }

  /** Resolves when it was told such as `lost 1`, earlier or later. */
  reaches(name: string, timeoutMs = 10_000): Promise<Told> {
    const found = new Promise<Told>((resolve) => {
      this.#look = () => {
        const state = this.told[this.names.indexOf(name)]
        if (state) resolve(state)
      }
    })
    this.#look()
    return within(found, timeoutMs, `the state '${name}' after ${JSON.stringify(this.names)}, now ${JSON.stringify(this.zk.state)}`)
  }
}

/** How a call ended, in a word: `done`, or the code of its error. */
export async function outcomeOf(call: Promise<unknown>, timeoutMs = 10_000): Promise<string> {
  try {
    await within(call, timeoutMs, 'the outcome of a call')
    return 'done'
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code)
    throw error
  }
}

let paths = 0

/** A path that no other test of this file uses. */
export function freshPath(): string {
  paths += 1
  return `/test-${paths}`
}
