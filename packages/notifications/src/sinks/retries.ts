import type { ChangeLog } from '../log/change-log.js'

/** What a sink could not be told, and when it is tried again. */
export interface Retry {
  /** The number of the change. */
  readonly seq: number
  /** Since when the attempts are counted, as the sink says it: those of another time do not count. */
  readonly since: string
  readonly attempts: number
  /** When it is tried again, ms. */
  readonly at: number
  readonly failure: string
}

/** How far a sink has come. */
export interface SinkProgress {
  /** The number of the last change that it has; undefined before the first look. */
  readonly seq: number | undefined
  /** Undefined while nothing has failed since. */
  readonly retry: Retry | undefined
}

/** The latest retry of a sink; undefined when there was none. */
export async function readRetry({ history }: ChangeLog, sink: string, signal?: AbortSignal): Promise<Retry | undefined> {
  const row = await history.read((tables) => tables.selectFrom('retries').selectAll().where('sink', '=', sink).executeTakeFirst(), { signal })
  return row && { seq: row.seq, since: row.since, attempts: row.attempts, at: row.at, failure: row.failure }
}

/** Keeps it in place of the one before: with the log's database, so that whoever observes next goes on with it. */
export async function writeRetry({ history }: ChangeLog, sink: string, retry: Retry, signal?: AbortSignal): Promise<void> {
  const row = { sink, ...retry }
  await history.write((tables) => tables.insertInto('retries').values(row).onConflict((conflict) => conflict.column('sink').doUpdateSet(row)).execute(), { tell: 'nobody', signal })
}

/** What everybody who has the log can know of a sink, whoever tells it. */
export async function sinkProgress(log: ChangeLog, sink: string, signal?: AbortSignal): Promise<SinkProgress> {
  const row = await log.history.read((tables) => tables.selectFrom('cursors').select('seq').where('sink', '=', sink).executeTakeFirst(), { signal })
  const retry = await readRetry(log, sink, signal)
  return { seq: row?.seq, retry: retry && retry.seq > (row?.seq ?? 0) ? retry : undefined }
}

/** Forgets the places of all sinks whose names begin so, but of these. */
export async function forgetSinks({ history }: ChangeLog, prefix: string, known: readonly string[], signal?: AbortSignal): Promise<void> {
  const rows = await history.read((tables) => tables.selectFrom('cursors').select('sink').where('sink', 'like', `${prefix}%`).execute(), { signal })
  const gone = rows.flatMap(({ sink }) => (known.includes(sink) ? [] : [sink]))
  if (gone.length === 0) return
  await history.write(
    async (tables) => {
      await tables.deleteFrom('cursors').where('sink', 'in', gone).execute()
      await tables.deleteFrom('retries').where('sink', 'in', gone).execute()
    },
    { signal },
  )
}
