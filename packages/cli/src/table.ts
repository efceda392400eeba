import { safeText } from './safe-text.js'

/** Null is shown as an empty cell. */
export type Cell = string | number | null

/**
 * Renders rows as OpenStack's cliff does: a box of `+---+`, integers right-aligned, the rest left-aligned, every cell
 * on one line. As in cliff the first row decides how a column is aligned, and a table without rows is one blank line.
 * Widths are those of a terminal, so wide characters and emoji line up.
 */
export async function renderTable(titles: readonly string[], rows: readonly (readonly Cell[])[]): Promise<string> {
  const [first] = rows
  if (first === undefined) return '\n'
  const alignRight = first.map((cell) => typeof cell === 'number')
  const lines = [titles, ...rows].map((cells) => cells.map((cell) => safeText(String(cell ?? ''))))
  const widthOf = await measureFor(lines)
  const widths = titles.map((_, column) => lines.reduce((width, line) => Math.max(width, widthOf(line[column] ?? '')), 0))

  const border = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`
  const [header = '', ...body] = lines.map((line) => {
    const cells = line.map((text, column) => {
      const spaces = ' '.repeat((widths[column] ?? 0) - widthOf(text))
      return alignRight[column] ? spaces + text : text + spaces
    })
    return `| ${cells.join(' | ')} |\n`
  })
  return [border, header, border, ...body, border].join('')
}

/** Measuring what is not ASCII loads the tables of Unicode, a quarter of a short command's time: only when needed. */
async function measureFor(lines: readonly (readonly string[])[]): Promise<(text: string) => number> {
  const isAscii = lines.every((line) => line.every((text) => /^[ -~]*$/.test(text)))
  return isAscii ? (text) => text.length : (await import('string-width')).default
}
