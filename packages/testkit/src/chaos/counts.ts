import { atLeast, exactly } from '../proofs/proof.js'
import type { Bar } from '../proofs/proof.js'
import { holdersOf } from './check-holders.js'
import type { History } from './history.js'

/** How much has happened in all the plays of a run. */
export class Counts {
  #plays = 0
  #calls = 0
  #pictures = 0
  #joins = 0
  #elections = 0
  #handOvers = 0
  #expiries = 0
  readonly #faults = new Map<string, number>()

  add(history: History): void {
    this.#plays += 1
    for (const event of history.events) {
      if (event.type === 'asked' && !event.what.startsWith('list')) this.#calls += 1
      else if (event.type === 'listed' || event.type === 'viewed') this.#pictures += 1
      else if (event.type === 'fault') this.#faults.set(event.kind, (this.#faults.get(event.kind) ?? 0) + 1)
      else if (event.type === 'state' && event.state === 'lost') this.#expiries += 1
    }
    this.#joins += new Set(history.claims.flatMap(({ of }) => (of.what === 'member' ? [of.label] : []))).size
    const lastHolder = new Map<string, string>()
    for (const { by, of } of holdersOf(history)) {
      if (of.contest.startsWith('the leadership')) this.#elections += 1
      if (![undefined, by].includes(lastHolder.get(of.contest))) this.#handOvers += 1
      lastHolder.set(of.contest, by)
    }
  }

  /** Everything that the run is to show has happened. */
  get isEnough(): boolean {
    return this.bars(0).every(({ met }) => met)
  }

  bars(violations: number): Bar[] {
    const faults = [...this.#faults].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${count} ${kind}`)
    const total = [...this.#faults.values()].reduce((sum, count) => sum + count, 0)
    return [
      atLeast('plans played', this.#plays, 1),
      atLeast('operations, lists not counted', this.#calls, 1),
      atLeast('lists and views judged', this.#pictures, 1),
      atLeast('joins', this.#joins, 1),
      atLeast('hand-overs of locks and leaderships', this.#handOvers, 1),
      atLeast('elections', this.#elections, 1),
      atLeast('sessions that expired', this.#expiries, 0),
      { ...atLeast('faults', total, 1), measured: `${total}: ${faults.join(', ')}` },
      exactly('violations', violations, 0),
    ]
  }
}
