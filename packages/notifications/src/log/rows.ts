import type { Change, NewChange } from './change.js'
import type { Tables } from './tables.js'

type Row = Tables['changes']

const textOf = (value: object | null): string | null => (value === null ? null : JSON.stringify(value))
const valueOf = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T))

export function toRow(seq: number, { id, at, kind, type, host, uuid, group, memberId, cause, actor, source, reason, massLoss, before, after, gap }: NewChange): Row {
  const objects = { before: textOf(before), after: textOf(after), gap: textOf(gap) }
  return { seq, id, at: Date.parse(at), kind, type, host, uuid, group_name: group, member_id: memberId, cause, actor, source, reason, mass_loss: massLoss ? 1 : 0, ...objects }
}

export function toChange(row: Row): Change {
  const { seq, id, kind, type, host, uuid, group_name: group, member_id: memberId, cause, actor, source, reason } = row
  const objects = { before: valueOf<Change['before']>(row.before), after: valueOf<Change['after']>(row.after), gap: valueOf<Change['gap']>(row.gap) }
  return { seq, id, at: new Date(row.at).toISOString(), kind: kind as Change['kind'], type, host, uuid, group, memberId, cause: cause as Change['cause'], actor, source, reason, massLoss: row.mass_loss === 1, ...objects }
}

const absent = { before: null, after: null, gap: null }
/** How a change without them ends. */
const absentText = JSON.stringify(absent).slice(1)

/** The change as JSON, as `JSON.stringify` has it: what is kept as JSON is passed on as it is. */
export function toText(row: Row): string {
  const text = JSON.stringify(toChange({ ...row, ...absent }))
  return `${text.slice(0, -absentText.length)}"before":${row.before},"after":${row.after},"gap":${row.gap}}`
}

const nobody = { type: null, host: null, uuid: null, group: null, memberId: null, actor: null, source: null, reason: null }

/** Changes of services that nobody took in time, by the numbers of the outbox. */
export const gapChange = (gap: NonNullable<NewChange['gap']>, at: number): NewChange => ({ id: crypto.randomUUID(), at: new Date(at).toISOString(), kind: 'gap', ...nobody, cause: 'unknown', massLoss: false, before: null, after: null, gap })

/** Stands for changes that are no longer kept, by their own numbers; itself it is not kept, and has the number of the last. */
export const missing = (from: number, to: number): Change => ({ seq: to, ...gapChange({ from, to, count: to - from + 1 }, Date.now()) })
