import type { Io } from '../io.js'
import { asciiJson } from '../output/json.js'
import { safeText } from '../safe-text.js'
import { painter } from '../style.js'
import type { Style } from '../style.js'
import type { Line, Status } from './check.js'

const styles: Readonly<Record<Status, Style>> = { ok: 'green', warn: 'yellow', fail: 'red', skip: 'dim' }
const statusWidth = 4
const checkWidth = 12
const indent = statusWidth + checkWidth + 4

/** One finding as lines of a report; on a terminal they are broken to its width, in a pipe never. */
export function formatLine({ status, check, found, advice }: Line, io: Pick<Io, 'env' | 'columns'>): string {
  const paint = painter(io)
  const width = Math.max(24, (io.columns ?? Infinity) - indent)
  const [first = '', ...more] = broken(safeText(found), width)
  const head = `${paint(styles[status], status.padEnd(statusWidth))}  ${check.padEnd(checkWidth)}  ${status === 'skip' ? paint('dim', first) : first}`
  const below = [...more, ...(advice === undefined ? [] : broken(`-> ${safeText(advice)}`, width).map((text) => paint('bold', text)))]
  return [head, ...below.map((text) => ' '.repeat(indent) + text)].join('\n') + '\n'
}

/** Breaks a text between words into lines of at most `width`; a longer word has a line of its own. */
function broken(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** 69 if the backend or server cannot be used, 1 if anything else is not in order, else 0. */
export function exitStatusOf(lines: readonly Line[]): number {
  if (lines.some(({ unreachable }) => unreachable === true)) return 69
  return lines.some(({ status }) => status === 'fail') ? 1 : 0
}

/** The last line: how many of each there were, and what was not looked at for one reason. */
export function formatSummary(lines: readonly Line[], io: Pick<Io, 'env' | 'columns'>): string {
  const paint = painter(io)
  const count = (status: Status): number => lines.filter((line) => line.status === status).length
  const words: Readonly<Record<Status, string>> = { ok: 'ok', warn: 'to look at', fail: 'not in order', skip: 'skipped' }
  const parts = (['ok', 'warn', 'fail', 'skip'] as const).flatMap((status) => (count(status) === 0 ? [] : [paint(styles[status], `${count(status)} ${words[status]}`)]))
  const moot = lines.filter(({ isMoot }) => isMoot)
  const why = moot.length === 0 ? '' : paint('dim', ` (${moot[0]?.found ?? ''}: ${moot.map(({ check }) => check).join(', ')})`)
  return `\n${parts.join(', ')}${why}\n`
}

export function formatJson(lines: readonly Line[]): string {
  const checks = lines.map(({ check, status, found, advice = null }) => ({ check, status, found, advice }))
  return `${asciiJson({ exitStatus: exitStatusOf(lines), checks }, 2)}\n`
}
