import type { Io } from '../io.js'
import { listRenderer } from '../output/list-printer.js'
import type { Column, ListRenderer } from '../output/list-printer.js'
import { colours, down, markingFor, paint, up, withGlyph } from '../output/marks.js'
import type { Marks } from '../output/marks.js'
import type { OutputArguments } from '../output/options.js'
import { safeText } from '../safe-text.js'
import { timeOfDay } from './change-line.js'
import type { Connection } from './connection.js'
import type { LiveList, LiveRow } from './live-list.js'
import type { Subject } from './subject.js'

const signs = { came: '+', went: '-', changed: '~' } as const
const rowColours: Readonly<Record<string, number>> = { [signs.came]: colours.green, [signs.went]: colours.red, [signs.changed]: colours.yellow }
const rowMarks: Marks = (sign) => (rowColours[sign] === undefined ? undefined : { glyph: '', colour: rowColours[sign] })
const lead: Column<LiveRow<unknown>> = { title: ' ', value: ({ mark }) => (mark === undefined ? ' ' : signs[mark]), marks: rowMarks }

const onPage = <Row>({ value, inTable, onRequest = false, isDetail = false, ...column }: Column<Row>): Column<LiveRow<Row>> => ({
  ...column,
  value: ({ row }, now) => value(row, now),
  ...(inTable && { inTable: ({ row, mark }: LiveRow<Row>) => (mark === 'went' ? 'gone' : inTable(row)) }),
  onRequest: onRequest || isDetail,
})

const mostLatest = 5
const terminalLines = 24

/** What is on the page of `svc list -w`: how it stands, the table, what does not fit, and the latest changes. */
export class LivePage<Row, Change extends object> {
  readonly #io: Io
  readonly #render: ListRenderer<LiveRow<Row>>
  readonly #subject: Subject<Row, Change>
  readonly #where: string
  readonly #latest: { readonly change: Change; readonly at: Date }[] = []
  #connection: Connection & { readonly since: Date } = { state: 'connected', since: new Date() }

  /** `where`: which of them these are, for the title. @throws InvalidArgument for wrong options */
  constructor(subject: Subject<Row, Change>, columns: readonly Column<Row>[], args: OutputArguments, io: Io, where = '') {
    this.#subject = subject
    this.#io = io
    this.#where = where
    this.#render = listRenderer(columns.map(onPage<Row>), { ...args, 'print-empty': true }, io, { lead })
  }

  note(changes: readonly Change[], at: Date): void {
    this.#latest.push(...changes.slice(-mostLatest).map((change) => ({ change, at })))
    this.#latest.splice(0, this.#latest.length - mostLatest)
  }

  set connection(connection: Connection) {
    this.#connection = { ...connection, since: new Date() }
  }

  /** As many lines as the terminal has, or fewer. */
  async lines(list: LiveList<Row, Change>, now = new Date()): Promise<string[]> {
    const { lines: height = terminalLines } = this.#io
    if (!list.isKnown) return [this.#title('no list yet', now)]
    const rows = list.rows(now.getTime())
    const latest = this.#latest.slice(-Math.max(1, Math.floor(height / 4 - 2))).map(({ change, at }) => this.#subject.describe(change, at))
    const footer = latest.length > 0 ? ['', ...latest] : []
    const room = Math.max(1, height - 1 - footer.length)
    const { table, shown } = await this.#tableWithin(room, rows, now)
    const hidden = rows.length - shown
    const more = hidden > 0 ? [`${hidden.toLocaleString('en')} more: ${this.#subject.filters} show fewer`] : []
    return [this.#title(`${list.size.toLocaleString('en')} ${list.size === 1 ? this.#subject.one : this.#subject.many}${this.#where}`, now), ...table, ...more, ...footer].slice(0, height)
  }

  /** As many rows as fit into `room` lines, wrapped cells and all, with a line left for what does not fit. */
  async #tableWithin(room: number, rows: readonly LiveRow<Row>[], now: Date): Promise<{ table: string[]; shown: number }> {
    for (let limit = Math.min(rows.length, room); ; ) {
      const table = (await this.#render(rows, { now: now.getTime(), limit })).split('\n').slice(0, -1)
      const over = table.length + Number(limit < rows.length) - room
      if (over <= 0 || limit === 0) return { table, shown: limit }
      limit = Math.max(0, limit - over)
    }
  }

  #title(what: string, now: Date): string {
    const { state, reason, since } = this.#connection
    const marking = markingFor(this.#io)
    const mark = state === 'connected' ? up : down
    const sign = marking === 'colour and glyph' ? withGlyph('', mark) : ''
    const text = state === 'connected' ? `${sign}${what}, ${timeOfDay(now)}` : `${sign}not connected since ${timeOfDay(since)}, trying again (${safeText(reason ?? state)}); ${what} then`
    return marking === 'plain' ? text : paint(text, mark)
  }
}
