import { colours, decades, element, logScale, picture, text } from './svg.js'

/** Lines on two scales of powers of ten. */
export interface LineChart {
  /** Of its file. */
  readonly name: string
  readonly title: string
  readonly xTitle: string
  readonly unit: string
  readonly lines: readonly { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[] }[]
}

const [width, height] = [560, 320]
const [left, right, top, bottom] = [64, 440, 44, 264]

const tick = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 })

export function lineChart({ title, xTitle, unit, lines }: LineChart): string {
  const points = lines.flatMap((line) => line.points)
  const xs = decades(points.map(([x]) => x))
  const ys = decades(points.map(([, y]) => y))
  const [xAt, yAt] = [logScale(xs, left, right), logScale(ys, bottom, top)]
  const grid = [
    ...xs.flatMap((x) => [element('line', { class: 'grid', x1: xAt(x), x2: xAt(x), y1: top, y2: bottom }), text(xAt(x), bottom + 18, tick(x), { class: 'faint', 'text-anchor': 'middle' })]),
    ...ys.flatMap((y) => [element('line', { class: 'grid', x1: left, x2: right, y1: yAt(y), y2: yAt(y) }), text(left - 8, yAt(y) + 4, tick(y), { class: 'faint', 'text-anchor': 'end' })]),
    text((left + right) / 2, bottom + 40, xTitle, { class: 'faint', 'text-anchor': 'middle' }),
  ]
  const drawn = lines.flatMap(({ name, points: own }, index) => {
    const colour = colours[index % colours.length] ?? colours[0]
    const [lastX, lastY] = own.at(-1) ?? [1, 1]
    return [
      element('polyline', { fill: 'none', stroke: colour, 'stroke-width': 2, points: own.map(([x, y]) => `${xAt(x).toFixed(1)},${yAt(y).toFixed(1)}`).join(' ') }),
      ...own.map(([x, y]) => element('circle', { cx: xAt(x), cy: yAt(y), r: 3, fill: colour })),
      text(xAt(lastX) + 10, yAt(lastY) + 4, name, { style: `fill: ${colour}` }),
    ]
  })
  return picture(width, height, `${title}, ${unit}`, [...grid, ...drawn])
}
