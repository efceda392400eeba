import { cutText, padTo } from '../output/cut-text.js'
import { wrapText } from '../output/wrap-text.js'
import { safeText } from '../safe-text.js'
import type { EventRow } from '@muster/provisioning'

import { reasonOf } from './failures.js'
import type { Drawing } from './step-lines.js'

const [indent, gap] = ['    ', '  ']
const [widestName, roomyReason, mostLines] = [32, 60, 2]

/** What failed, below its step: instance, reason and error id, on one line where there is room. */
export function failureLines(events: readonly EventRow[], { columns, measure, marking, paint, ellipsis }: Drawing): string[] {
  const cross = paint('red', marking === 'colour and glyph' ? '✗' : 'x')
  const rows = events.map((event) => ({ name: safeText(event.instance_name), reason: safeText(reasonOf(event)), id: safeText(event.error_id ?? '') }))
  const name = Math.min(widestName, Math.max(0, ...rows.map((row) => measure(row.name))), Math.max(8, Math.floor(columns / 3)))
  const id = Math.max(0, ...rows.map((row) => row.id.length))
  const start = indent.length + 2 + name + gap.length
  const beside = columns - start - (id > 0 ? gap.length + id : 0)
  const longest = Math.max(0, ...rows.map((row) => measure(row.reason)))
  const isWide = beside >= Math.min(longest, roomyReason)
  const reason = Math.min(beside, longest)
  return rows.flatMap((row) => {
    const head = `${indent}${cross} ${padTo(cutText(row.name, name, measure, ellipsis), name, measure)}${gap}`
    if (isWide) return [`${head}${padTo(cutText(row.reason, reason, measure, ellipsis), reason, measure)}${gap}${paint('dim', row.id)}`.trimEnd()]
    const room = Math.max(8, columns - start)
    const [first = '', ...others] = wrapText(row.reason, room, measure)
    const below = others.slice(0, mostLines - 1).map((line, index) => (index === mostLines - 2 && others.length >= mostLines ? cutText(`${line} ${others[index + 1] ?? ''}`, room, measure, ellipsis) : line))
    return [head + first, ...below.map((line) => ' '.repeat(start) + line), ...(row.id === '' ? [] : [' '.repeat(start > columns - 36 ? indent.length + 2 : start) + paint('dim', row.id)])]
  })
}
