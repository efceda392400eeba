import type { ChangeLog } from '@muster/notifications'
import { sql } from 'kysely'

const copiesAtOnce = 50
/** Between a change and its copy, ms: all of them are within the time that a history is kept. */
const apart = 30 * 60_000
const timeoutMs = 300_000

/**
 * Makes a log many times as long, as if what has happened had happened again and again: its rows are those that the observer has written, with other
 * numbers, ids and times. Resolves with the number of the last. To be called while nobody else writes.
 */
export async function repeatLog(log: ChangeLog, copies: number): Promise<number> {
  const { lastSeq: length } = await log.read({}, { limit: 1 })
  await log.history.write((tables) => sql`UPDATE changes SET at = at - ${sql.lit(copies * apart)}`.execute(tables), { timeoutMs })
  for (let first = 1; first <= copies; first += copiesAtOnce) await copy(log, length, first, Math.min(copies, first + copiesAtOnce - 1))
  await log.history.write((tables) => tables.updateTable('log').set({ next_seq: (copies + 1) * length + 1 }).execute())
  return (copies + 1) * length
}

const unchanged = sql.join(['kind', 'type', 'host', 'uuid', 'group_name', 'member_id', 'cause', 'actor', 'source', 'reason', 'mass_loss', 'before', 'after', 'gap'].map((column) => sql.ref(column)))

/** The ids stay unique: the number of the copy is in the place of their first eight digits. */
async function copy({ history }: ChangeLog, length: number, first: number, last: number): Promise<void> {
  const [from, to, rows, step] = [first, last, length, apart].map((number) => sql.lit(number))
  await history.write(
    (tables) =>
      sql`INSERT INTO changes (seq, id, at, ${unchanged})
        WITH RECURSIVE copies (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM copies WHERE n < ${to})
        SELECT seq + n * ${rows}, CAST(10000000 + n AS text) || substr(id, 9), at + n * CAST(${step} AS bigint), ${unchanged}
        FROM copies CROSS JOIN changes WHERE seq <= ${rows} ORDER BY n, seq`.execute(tables),
    { timeoutMs },
  )
}
