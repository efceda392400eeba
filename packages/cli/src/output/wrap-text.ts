import type { Measure } from './measure.js'

const letter = String.raw`[\p{L}\p{Nl}\p{No}_]`
const inWord = String.raw`[\p{L}\p{N}_]`
const beforeDash = String.raw`[\p{L}\p{N}_!"'&.,?]`

/** Where Python's textwrap may break a word: after the hyphen of a compound, and before and after a dash (`--`) between words. */
const breaks = new RegExp(
  [
    `(?<=${letter}{2}-|${letter}-${letter}-)(?=${letter}-?${letter})`, // compound-word, one-by-one
    `(?<=${beforeDash})(?=-{2,}${inWord})`,
    `(?<=${beforeDash}-{2,})(?=${inWord})`,
  ].join('|'),
  'u',
)

const piecesOf = (text: string): string[] => (text.match(/ +|[^ ]+/g) ?? []).flatMap((run) => run.split(breaks))

const isBlank = (piece: string | undefined): boolean => piece?.trim() === ''

/**
 * Wraps a text without control characters to lines of at most `width` columns, as textwrap does, but counting what a
 * terminal shows: wide characters are two columns, and what is shown as one is not torn apart. Blanks at a break go.
 */
export function wrapText(text: string, width: number, measure: Measure): string[] {
  const lines: string[] = []
  let line: string[] = []
  let used = 0
  const endLine = (): void => {
    if (isBlank(line.at(-1))) line.pop()
    if (line.length > 0) lines.push(line.join(''))
    line = []
    used = 0
  }
  for (let piece of piecesOf(text)) {
    let needed = measure(piece)
    while (line.length > 0 || lines.length === 0 || !isBlank(piece)) {
      if (used + needed <= width) {
        line.push(piece)
        used += needed
        break
      }
      if (needed > width) {
        const head = headOf(piece, width - used, line.length === 0, measure)
        if (head !== '') line.push(head)
        piece = piece.slice(head.length)
        needed -= measure(head)
      }
      endLine()
    }
  }
  endLine()
  return lines
}

/** As much of a long word as fits into `room`: up to its last hyphen if it has one, at least one character if the line has none yet. */
function headOf(word: string, room: number, atLeastOne: boolean, measure: Measure): string {
  let head = ''
  let used = 0
  for (const shown of shownCharacters(word, room, measure)) {
    used += measure(shown)
    if (used > room && !(atLeastOne && head === '')) break
    head += shown
  }
  return /^.*[^-].*-/su.exec(head)?.[0] ?? head
}

const segmenter = new Intl.Segmenter('en')

/** What is shown as one character each; one that is wider than all the room is taken apart. */
function* shownCharacters(word: string, room: number, measure: Measure): Generator<string> {
  for (const { segment } of segmenter.segment(word)) {
    if (measure(segment) <= room) yield segment
    else yield* segment
  }
}
