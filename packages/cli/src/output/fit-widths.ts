/** A column is made narrower down to this width, never more. */
const narrowest = 8

/**
 * Widths of columns so that a table fits into `available` columns of a terminal, where it can: columns wider than an
 * equal share give way, to the same width all of them, and the last of them takes what is left over. No column
 * becomes narrower than 8 or than its title.
 */
export function fitWidths(widths: readonly number[], titles: readonly number[], available: number): readonly number[] {
  const frame = 3 * widths.length + 1
  if (sum(widths) + frame <= available) return widths
  const usable = Math.max(0, available - frame)
  const isWide = (width: number): boolean => width > Math.floor(usable / widths.length)
  const forWide = usable - sum(widths.filter((width) => !isWide(width)))
  const share = Math.floor(forWide / widths.filter(isWide).length)
  const last = widths.findLastIndex(isWide)
  return widths.map((width, column) => {
    if (!isWide(width)) return width
    const limit = column === last ? forWide - share * (widths.filter(isWide).length - 1) : share
    return Math.max(titles[column] ?? 0, Math.min(width, Math.max(narrowest, limit)))
  })
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
