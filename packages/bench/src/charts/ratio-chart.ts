import { tellValue } from '../outcome.js'
import type { Outcome } from '../outcome.js'
import { colours, decades, element, logScale, picture, text } from './svg.js'

const width = 860
const [left, right] = [500, 800]
const [top, rowHeight] = [56, 26]

/** What was measured against a peer, each with its spread and the bar that it has to reach. */
export function ratioChart(outcomes: readonly Outcome[]): string {
  const ratios = outcomes.filter(({ unit = 'x' }) => unit === 'x')
  const ticks = decades(ratios.flatMap(({ value, spread, bar }) => [value, ...spread, 'atLeast' in bar ? bar.atLeast : bar.atMost]))
  const at = logScale(ticks, left, right)
  const bottom = top + ratios.length * rowHeight
  const grid = ticks.flatMap((tick) => [element('line', { class: 'grid', x1: at(tick), x2: at(tick), y1: top - 8, y2: bottom }), text(at(tick), bottom + 16, `${tick}x`, { class: 'faint', 'text-anchor': 'middle' })])
  const rows = ratios.flatMap((outcome, index) => {
    const y = top + index * rowHeight
    const { what, value, spread, bar } = outcome
    const limit = at('atLeast' in bar ? bar.atLeast : bar.atMost)
    const short = what.length > 78 ? `${what.slice(0, 77)}…` : what
    return [
      text(left - 10, y + 13, short, { 'text-anchor': 'end', style: 'font-size: 11px' }),
      element('rect', { x: at(ticks[0] ?? 1), y: y + 3, width: Math.max(1, at(value) - left), height: 12, fill: colours[0], opacity: '0.85' }),
      element('line', { x1: at(spread[0]), x2: at(spread[1]), y1: y + 9, y2: y + 9, stroke: colours[1], 'stroke-width': 2 }),
      element('line', { class: 'bar', x1: limit, x2: limit, y1: y, y2: y + 18 }),
      text(right + 8, y + 13, tellValue(outcome, value)),
    ]
  })
  return picture(width, bottom + 52, 'Muster against its peers, each in the same run', [...grid, ...rows, text(12, bottom + 38, 'blue: median, yellow: spread, red: the bar, to be reached or (for "at most") not to be passed', { class: 'faint', 'text-anchor': 'start', style: 'font-size: 11px' })])
}
