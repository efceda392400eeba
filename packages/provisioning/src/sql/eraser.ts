import { setTimeout as delay } from 'node:timers/promises'

import { repeat, silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'
import type { History } from '@muster/database/history'
import type { Transaction } from 'kysely'

import { databaseTime } from './clock.js'
import type { Tables } from './tables.js'

export interface EraserOptions {
  /** Between two rounds, ms. */
  readonly everyMs: number
  /** How long the events of a step are kept after it is done, ms. */
  readonly keepMs: number
  readonly logger?: Logger | undefined
}

/** So few at a time, and such pauses, that no reporter waits for long. */
const [erasedAtOnce, pauseMs] = [250, 15]
/** For how long one erases alone; taken anew with each batch. */
const leaseMs = 10_000

/** Erases, a few at a time, the events of steps that are done, and what deleted clusters have left. Of all processes one does it at a time. */
export class Eraser {
  readonly #history: History<Tables>
  readonly #keepMs: number
  readonly #holder = crypto.randomUUID()
  readonly #closing = new AbortController()
  readonly #done: Promise<void>

  /** The first round begins after `everyMs`. */
  constructor(history: History<Tables>, { everyMs, keepMs, logger = silentLogger }: EraserOptions) {
    this.#history = history
    this.#keepMs = keepMs
    const { signal } = this.#closing
    const round = async (): Promise<void> => {
      await delay(everyMs, undefined, { signal, ref: false })
      await this.#round(signal)
    }
    this.#done = repeat(async (succeed) => {
      for (;;) {
        await round()
        succeed()
      }
    }, signal, (error) => logger.warn({ err: error }, 'events of clusters are not erased, trying again'))
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#done
  }

  async #round(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.#history.write((tables) => this.#eraseSome(tables), { signal }))) await delay(pauseMs, undefined, { signal, ref: false })
  }

  /** False when nothing is left, or another erases. */
  async #eraseSome(tables: Transaction<Tables>): Promise<boolean> {
    const now = await databaseTime(this.#history.kind, tables)
    if (!(await this.#take(tables, now))) return false
    return (await eraseOfDone(tables, now - this.#keepMs)) || (await eraseOfDeleted(tables))
  }

  async #take(tables: Transaction<Tables>, now: number): Promise<boolean> {
    const mine = { only: 1, holder: this.#holder, until: now + leaseMs }
    const taken = await tables
      .insertInto('cluster_eraser')
      .values(mine)
      .onConflict((conflict) => conflict.column('only').doUpdateSet(mine).where((of) => of.or([of('cluster_eraser.holder', '=', mine.holder), of('cluster_eraser.until', '<', now)])))
      .returning('only')
      .executeTakeFirst()
    return taken !== undefined
  }
}

async function eraseOfDone(tables: Transaction<Tables>, before: number): Promise<boolean> {
  const done = tables.selectFrom('cluster_provision_steps').select('id').where((of) => of.and([of('erased', '=', of.lit(0)), of('successful', '=', 1), of('completed_at', '<=', before)]))
  const step = await done.orderBy('completed_at').limit(1).executeTakeFirst()
  if (!step) return false
  if ((await eraseEvents(tables, step.id)) < erasedAtOnce) await tables.updateTable('cluster_provision_steps').set({ erased: 1 }).where('id', '=', step.id).execute()
  return true
}

async function eraseOfDeleted(tables: Transaction<Tables>): Promise<boolean> {
  const step = await tables.selectFrom('cluster_provision_steps').select('id').where('deleted_at', 'is not', null).limit(1).executeTakeFirst()
  if (step) {
    if ((await eraseEvents(tables, step.id)) < erasedAtOnce) await tables.deleteFrom('cluster_provision_steps').where('id', '=', step.id).execute()
    return true
  }
  const cluster = await tables.selectFrom('clusters').select('id').where('deleted_at', 'is not', null).limit(1).executeTakeFirst()
  if (cluster) await tables.deleteFrom('clusters').where('id', '=', cluster.id).execute()
  return cluster !== undefined
}

/** In the order of time, as the rows lie: in the order of names, which is none, twice as many pages are written. */
async function eraseEvents(tables: Transaction<Tables>, step: string): Promise<number> {
  const some = tables.selectFrom('cluster_events').select('instance_name').where('step_id', '=', step).orderBy('successful').orderBy('created_at').orderBy('id').limit(erasedAtOnce)
  const { numDeletedRows } = await tables.deleteFrom('cluster_events').where('step_id', '=', step).where('instance_name', 'in', some).executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}
