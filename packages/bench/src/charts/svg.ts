/** The colours of a chart, by the reader's own light or dark. */
const style = `
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 14px; font-weight: 600 }
  .faint { fill: #6e7781 }
  .grid { stroke: #d0d7de; stroke-width: 1 }
  .bar { stroke: #cf222e; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .faint { fill: #8b949e }
    .grid { stroke: #30363d }
    .bar { stroke: #ff7b72 }
  }`

/** Told apart also by those who see no colours well. */
export const colours = ['#0969da', '#bf8700', '#8250df', '#1a7f37'] as const

type Attributes = Readonly<Record<string, string | number>>

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

export function element(name: string, attributes: Attributes, content?: string): string {
  const written = Object.entries(attributes)
    .map(([attribute, value]) => ` ${attribute}="${escape(typeof value === 'number' ? String(Math.round(value * 10) / 10) : value)}"`)
    .join('')
  return content === undefined ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`
}

export const text = (x: number, y: number, words: string, attributes: Attributes = {}): string => element('text', { x, y, ...attributes }, escape(words))

/** A whole picture; `title` is also what is read aloud. */
export function picture(width: number, height: number, title: string, parts: readonly string[]): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">`
  return `${[head, `<style>${style}\n</style>`, text(12, 22, title, { class: 'title' }), ...parts, '</svg>'].join('\n')}\n`
}

/** 1, 10, 100 ... around these values, for a scale of powers of ten. */
export function decades(values: readonly number[]): number[] {
  const logs = values.filter((value) => value > 0).map(Math.log10)
  const [low, high] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))]
  return Array.from({ length: Math.max(2, high - low + 1) }, (_, index) => 10 ** (low + index))
}

/** Where a value lies between `from` and `to` on a scale of powers of ten. */
export function logScale(ticks: readonly number[], from: number, to: number): (value: number) => number {
  const [low, high] = [Math.log10(ticks[0] ?? 1), Math.log10(ticks.at(-1) ?? 10)]
  return (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from)
}
