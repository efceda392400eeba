import { formatDuration } from '@muster/common'
import type { PendingStep, StepRow } from '@muster/provisioning'

import { cutText, padTo } from '../output/cut-text.js'
import type { Marking } from '../output/marks.js'
import type { Measure } from '../output/measure.js'
import { safeText } from '../safe-text.js'
import type { Paint, Style } from '../style.js'
import { bar } from './bar.js'
import type { Counts } from './bar.js'
import { reportedOf } from './pace.js'
import type { Pace } from './pace.js'

/** What a line about a step says; every part but the name may be empty. */
interface Parts {
  readonly name: string
  readonly sign: keyof typeof signs
  readonly counts: Counts
  readonly count: string
  readonly failed: string
  readonly rate: string
  readonly time: string
}

const signs = {
  done: { glyph: '✓', plain: '+', style: 'green' },
  failed: { glyph: '✗', plain: 'x', style: 'red' },
  running: { glyph: '●', plain: '*', style: 'yellow' },
  incomplete: { glyph: '!', plain: '!', style: 'yellow' },
  pending: { glyph: '·', plain: '.', style: 'dim' },
} as const satisfies Record<string, { glyph: string; plain: string; style: Style }>

const number = (value: number): string => value.toLocaleString('en')

const rateText = (perSecond: number): string => (perSecond >= 0.1 ? `${perSecond >= 10 ? number(Math.round(perSecond)) : perSecond.toFixed(1)}/s` : `${(perSecond * 60).toFixed(1)}/min`)

function partsOf(step: StepRow, pace: Pace, now: number): Parts {
  const { step_name: name, state, completed, failed, total, completed_at: over, duration_ms: duration } = step
  const elapsedMs = Math.max(0, now - Date.parse(step.started_at))
  const perSecond = over === null && state !== 'incomplete' ? (pace.perSecond(step, elapsedMs) ?? 0) : 0
  const leftMs = perSecond > 0 ? ((total - reportedOf(step)) / perSecond) * 1000 : undefined
  const silence = `no report for ${formatDuration(now - Date.parse(step.updated_at))}`
  const time = over !== null ? `in ${(duration ?? 0) < 1000 ? 'less than 1s' : formatDuration(duration ?? 0)}` : state === 'incomplete' ? silence : leftMs === undefined ? '' : `${formatDuration(leftMs)} left`
  return {
    name: safeText(name),
    sign: state,
    counts: { completed, failed, total },
    count: `${number(completed)} of ${number(total)}`,
    failed: failed > 0 ? `${number(failed)} failed` : '',
    rate: perSecond > 0 ? rateText(perSecond) : '',
    time,
  }
}

const pendingParts = ({ step_name: name }: PendingStep): Parts => ({ name: safeText(name), sign: 'pending', counts: { completed: 0, failed: 0, total: 1 }, count: 'pending', failed: '', rate: '', time: '' })

export interface Drawing {
  /** Columns of the terminal. */
  readonly columns: number
  readonly marking: Marking
  readonly paint: Paint
  readonly measure: Measure
  /** What stands at the end of a text that was cut. */
  readonly ellipsis: string
}

const [narrowestName, usualName, narrowestBar, widestBar] = [12, 24, 8, 50]
/** Of a terminal that cannot show both in full, what a name takes at most: the rest is for the bar. */
const shareOfName = 0.4
const gap = 2
/** Rates and times come and go: what stands beside them is not to jump. */
const usual = { rate: 6, time: 11 } as const

/** A line for each step, those that have begun and those that have not, all lined up. */
export function stepLines(steps: readonly StepRow[], pending: readonly PendingStep[], pace: Pace, now: number, drawing: Drawing): string[] {
  const all = [...steps.map((step) => partsOf(step, pace, now)), ...pending.map(pendingParts)]
  const { columns, measure, marking, paint, ellipsis } = drawing
  const isOpen = steps.some(({ completed_at: over }) => over === null)
  const widest = (part: 'name' | 'count' | 'failed' | 'rate' | 'time', least = 0): number => Math.max(least, ...all.map((parts) => measure(parts[part])))
  const widths = { count: widest('count'), failed: widest('failed'), rate: widest('rate', isOpen ? usual.rate : 0), time: widest('time', isOpen ? usual.time : 0) }
  const room = (): number => columns - 2 - Object.values(widths).reduce((sum, width) => sum + (width > 0 ? width + gap : 0), 0)
  const longestName = widest('name')
  if (room() < longestName + gap + narrowestBar) widths.rate = 0 // a name says more
  const most = Math.max(usualName, Math.floor(columns * shareOfName))
  const name = Math.min(longestName, Math.max(Math.min(narrowestName, room()), Math.min(most, room() - gap - narrowestBar)))
  const width = Math.min(widestBar, room() - name - gap)

  return all.map((parts) => {
    const { glyph, plain, style } = signs[parts.sign]
    const cell = (part: keyof typeof widths, colour?: Style): string => {
      const text = parts[part]
      const blank = ' '.repeat(Math.max(0, widths[part] - measure(text)))
      const shown = colour === undefined || text === '' ? text : paint(colour, text)
      return widths[part] === 0 ? '' : ' '.repeat(gap) + (part === 'time' ? shown + blank : blank + shown)
    }
    const line = [
      paint(style, marking === 'colour and glyph' ? glyph : plain),
      ' ',
      paint(parts.sign === 'pending' ? 'dim' : 'bold', padTo(cutText(parts.name, name, measure, ellipsis), name, measure)),
      width > 0 ? ' '.repeat(gap) + bar(parts.counts, width, marking, paint) : '',
      cell('count', parts.sign === 'pending' ? 'dim' : undefined),
      cell('failed', 'red'),
      cell('rate', 'dim'),
      cell('time', parts.sign === 'incomplete' ? 'yellow' : undefined),
    ]
    return line.join('').trimEnd()
  })
}
