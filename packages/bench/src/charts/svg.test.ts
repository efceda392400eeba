import { expect, test } from '@jest/globals'

import { lineChart } from './line-chart.js'
import { decades, logScale, text } from './svg.js'

test('a scale of powers of ten holds all values, and puts each power at the same distance from the last', () => {
  const ticks = decades([3, 250])
  expect(ticks).toEqual([1, 10, 100, 1000])
  const at = logScale(ticks, 0, 300)
  expect([1, 10, 1000].map((value) => Math.round(at(value)))).toEqual([0, 100, 300])
})

test('words of a chart cannot break it', () => {
  expect(text(1, 2, '<a> & "b"')).toBe('<text x="1" y="2">&lt;a&gt; &amp; &quot;b&quot;</text>')
})

test('every point of a line chart is drawn, and higher values are higher up', () => {
  const picture = lineChart({ name: 'n', title: 't', xTitle: 'x', unit: 'ms', lines: [{ name: 'muster', points: [[10, 1], [100, 10], [1000, 100]] }] })
  const circles = [...picture.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)] as const)
  expect(circles).toHaveLength(3)
  expect(circles.map(([x]) => x)).toEqual([...circles.map(([x]) => x)].sort((a, b) => a - b))
  expect(circles.map(([, y]) => y)).toEqual([...circles.map(([, y]) => y)].sort((a, b) => b - a))
})
