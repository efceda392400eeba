import type { ClusterRow } from '@muster/provisioning'

import { statusMarks } from '../clusters/cluster-columns.js'
import type { Io } from '../io.js'
import { cutText } from '../output/cut-text.js'
import { markingFor, paint as paintMark, withGlyph } from '../output/marks.js'
import { measureFor } from '../output/measure.js'
import { safeText } from '../safe-text.js'
import { painter } from '../style.js'
import { failureLines } from './failure-lines.js'
import { reasonOf } from './failures.js'
import type { FailuresByStep } from './failures.js'
import type { Pace } from './pace.js'
import { stepLines } from './step-lines.js'
import type { Drawing } from './step-lines.js'

const [usualColumns, shortestName] = [80, 12]

export interface Picture {
  readonly cluster: ClusterRow
  readonly failures: FailuresByStep
  readonly pace: Pace
  /** Of each step at most so many. */
  readonly mostFailures: number
  /** ms. */
  readonly now: number
  /** What else the first line says. */
  readonly note?: string
}

/** A cluster for a terminal: a line with a bar for each step, and below it what failed. */
export async function draw({ cluster, failures, pace, mostFailures, now, note }: Picture, io: Pick<Io, 'env' | 'columns'>): Promise<string[]> {
  const { provision_progress: steps, pending_steps: pending } = cluster
  const events = [...failures.values()].flatMap((one) => one.events)
  const texts = [cluster.name, ...[...steps, ...pending].map(({ step_name: name }) => name), ...events.flatMap((event) => [event.instance_name, reasonOf(event)])]
  const [marking, paint, measure] = [markingFor(io), painter(io), await measureFor(texts.map(safeText))]
  const drawing: Drawing = { columns: io.columns || usualColumns, marking, paint, measure, ellipsis: marking === 'colour and glyph' ? '…' : '...' }
  const lines = stepLines(steps, pending, pace, now, drawing)
  const blocks = lines.map((line, index) => {
    const step = steps[index]
    const shown = step ? (failures.get(step.id)?.events ?? []).slice(0, mostFailures) : []
    const others = (step?.failed ?? 0) - shown.length
    const more = shown.length > 0 && others > 0 ? [paint('dim', `      and ${others.toLocaleString('en')} more: --failures ${Math.min(1000, step?.failed ?? 0)} shows ${(step?.failed ?? 0) > 1000 ? 'the most' : 'all'}`)] : []
    return [...heading(cluster, index, drawing), line, ...failureLines(shown, drawing), ...more]
  })
  return [header(cluster, note, drawing), ...(blocks.length > 0 ? ['', ...blocks.flat()] : [])]
}

function header({ name, status, provision_progress: steps, pending_steps: pending }: ClusterRow, note: string | undefined, { columns, marking, paint, measure, ellipsis }: Drawing): string {
  const mark = statusMarks(status)
  const shown = marking === 'colour and glyph' ? withGlyph(status, mark) : status
  const [done, all] = [steps.filter(({ state }) => state === 'done').length, steps.length + pending.length]
  const details = [all === 0 ? 'no step has begun' : `${done} of ${all} ${all === 1 ? 'step' : 'steps'} done`, ...(note === undefined ? [] : [note])]
  const room = columns - measure(safeText(details.join(', '))) - shown.length - 4
  return `${paint('bold', cutText(safeText(name), Math.max(shortestName, room), measure, ellipsis))}  ${marking === 'plain' ? shown : paintMark(shown, mark)}  ${paint('dim', details.join(', '))}`
}

/** What steps are about, before the first of each type, where there are several. */
function heading({ provision_progress: steps, pending_steps: pending }: ClusterRow, index: number, { paint }: Drawing): string[] {
  const types = [...steps, ...pending].map(({ step_type: type }) => type)
  if (new Set(types).size < 2 || types[index] === types[index - 1]) return []
  return [...(index > 0 ? [''] : []), paint('dim', types[index] ?? '')]
}
