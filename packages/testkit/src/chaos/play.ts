import { setTimeout as delay } from 'node:timers/promises'

import { bootTime } from '../boot-clock.js'
import { Actor } from './actor.js'
import { differences } from './check-rest.js'
import type { Bounds, History, Rest } from './history.js'
import { Onlooker } from './onlooker.js'
import type { Fault, Plan } from './plan.js'
import { Recorder } from './recorder.js'
import type { Stage, Theatre } from './stage.js'
import type { Troupe } from './troupe.js'

/** When all is healed, everybody must have come back and see the same before the dead must be gone so many times. */
const patience = 4
const lookEveryMs = 100

/** Plays a plan; resolves with all that happened. Rejects only when the play itself could not go on. */
export async function play(theatre: Theatre, troupe: Troupe, plan: Plan): Promise<History> {
  await using stage = await theatre.stage(plan.clients)
  await using onlooker = await Onlooker.open(stage.directUrl)
  await using performance = new Performance(stage, onlooker, troupe, plan.clients, theatre.bounds)
  await performance.perform(plan)
  await performance.rest()
  await performance.end()
  return performance.recorder.history(theatre.bounds)
}

class Performance implements AsyncDisposable {
  readonly recorder = new Recorder()
  readonly #stage: Stage
  readonly #onlooker: Onlooker
  readonly #actors: readonly Actor[]
  readonly #bounds: Bounds

  constructor(stage: Stage, onlooker: Onlooker, troupe: Troupe, clients: number, bounds: Bounds) {
    this.#bounds = bounds
    this.#stage = stage
    this.#onlooker = onlooker
    this.#actors = Array.from({ length: clients }, (_, index) => new Actor(index, stage.url(index), troupe, this.recorder))
  }

  /** Resolves when the last fault is over. */
  async perform({ steps }: Plan): Promise<void> {
    await Promise.all(this.#actors.map(({ opened }) => opened))
    const faults: Promise<void>[] = []
    for (const { afterMs, client, act } of steps) {
      await delay(afterMs)
      const index = client % this.#actors.length
      if (act.do === 'fault') faults.push(this.#inflict(act, index))
      else this.#actors[index]?.act(act)
      faults.at(-1)?.catch(() => undefined) // told at the end
    }
    await Promise.all(faults)
    await this.#stage.settled()
    await Promise.all(this.#actors.map(({ opened }) => opened))
  }

  /** Waits until all believe and see what is true, or long enough. */
  async rest(): Promise<void> {
    for (const deadline = this.#deadline(); ; ) {
      const lines = await this.#onlooker.lines()
      const rest: Rest = { truths: await Promise.all(this.#actors.map((actor) => actor.truth())), lines }
      if (differences(rest).length === 0 || bootTime() > deadline) {
        this.recorder.note('the onlooker', { type: 'rest', rest })
        return
      }
      await delay(lookEveryMs)
    }
  }

  /** Every second client gives up what it has; the others only close. Then nothing may be left, and nobody. */
  async end(): Promise<void> {
    await Promise.all(this.#actors.map((actor, index) => actor.close(index % 2 === 0)))
    await this.#onlooker.list(this.recorder)
    await Promise.all(this.#actors.map((actor) => actor.leaveAlone(this.#bounds.exitWithin)))
    for (const deadline = this.#deadline(); ; ) {
      const remains = [...(await this.#onlooker.remains()), ...(await this.#stage.remains())]
      if (remains.length === 0 || bootTime() > deadline) {
        this.recorder.note('the onlooker', { type: 'remains', remains })
        return
      }
      await delay(lookEveryMs)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#actors.map((actor) => actor[Symbol.asyncDispose]()))
  }

  #deadline(): number {
    return bootTime() + patience * this.#bounds.goneWithin
  }

  async #inflict(fault: Fault, index: number): Promise<void> {
    const [from, actor] = [bootTime(), this.#actors[index]]
    if (!actor) return
    const { name } = actor
    const was = await (fault.kind === 'killed' ? actor.kill() : fault.kind === 'stopped' ? actor.stop(fault.ms) : this.#stage.inflict(fault, index))
    if (was) this.recorder.note(name, { type: 'fault', kind: fault.kind, from })
  }
}
