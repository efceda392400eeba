import type { Worker, WorkerChange } from '@muster/servicegroup'

import type { Io } from '../io.js'
import { listRenderer } from '../output/list-printer.js'
import type { Column, ListRenderer } from '../output/list-printer.js'
import { colours, down, markingFor, paint, up, withGlyph } from '../output/marks.js'
import type { Marks } from '../output/marks.js'
import type { OutputArguments } from '../output/options.js'
import { safeText } from '../safe-text.js'
import { changeLine, timeOfDay } from './change-line.js'
import type { Connection } from './connection.js'
import type { LiveList, LiveRow } from './live-list.js'

const signs = { joined: '+', left: '-', updated: '~' } as const
const rowColours: Readonly<Record<string, number>> = { [signs.joined]: colours.green, [signs.left]: colours.red, [signs.updated]: colours.yellow }
const rowMarks: Marks = (sign) => (rowColours[sign] === undefined ? undefined : { glyph: '', colour: rowColours[sign] })
const lead: Column<LiveRow> = { title: ' ', value: ({ mark }) => (mark === undefined ? ' ' : signs[mark]), marks: rowMarks }


const onPage = ({ value, inTable, onRequest = false, isDetail = false, ...column }: Column<Worker>): Column<LiveRow> => ({
  ...column,
  value: ({ worker }, now) => value(worker, now),
  ...(inTable && { inTable: ({ worker, mark }: LiveRow) => (mark === 'left' ? 'gone' : inTable(worker)) }),
  onRequest: onRequest || isDetail,
})

const mostLatest = 5
const terminalLines = 24

/** What is on the page of `svc list -w`: how it stands, the table, what does not fit, and the latest changes. */
export class LivePage {
  readonly #io: Io
  readonly #render: ListRenderer<LiveRow>
  readonly #what: string
  readonly #latest: { readonly change: WorkerChange; readonly at: Date }[] = []
  #connection: Connection & { readonly since: Date } = { state: 'connected', since: new Date() }

  /** `what`: of what these are the workers, for the title. @throws InvalidArgument for wrong options */
  constructor(columns: readonly Column<Worker>[], args: OutputArguments, io: Io, what: string) {
    this.#io = io
    this.#what = what
    this.#render = listRenderer(columns.map(onPage), { ...args, 'print-empty': true }, io, { lead })
  }

  note(changes: readonly WorkerChange[], at: Date): void {
    this.#latest.push(...changes.slice(-mostLatest).map((change) => ({ change, at })))
    this.#latest.splice(0, this.#latest.length - mostLatest)
  }

  set connection(connection: Connection) {
    this.#connection = { ...connection, since: new Date() }
  }

  /** As many lines as the terminal has, or fewer. */
  async lines(list: LiveList, now = new Date()): Promise<string[]> {
    const { lines: height = terminalLines } = this.#io
    if (!list.isKnown) return [this.#title('no list yet', now)]
    const rows = list.rows(now.getTime())
    const latest = this.#latest.slice(-Math.max(1, Math.floor(height / 4 - 2))).map(({ change, at }) => changeLine(change, at))
    const footer = latest.length > 0 ? ['', ...latest] : []
    const room = Math.max(1, height - 1 - footer.length)
    const { table, shown } = await this.#tableWithin(room, rows, now)
    const hidden = rows.length - shown
    const more = hidden > 0 ? [`${hidden.toLocaleString('en')} more: --group, --name, --hostname or --type show fewer`] : []
    return [this.#title(`${list.size.toLocaleString('en')} worker${list.size === 1 ? '' : 's'}${this.#what}`, now), ...table, ...more, ...footer].slice(0, height)
  }

  /** As many rows as fit into `room` lines, wrapped cells and all, with a line left for what does not fit. */
  async #tableWithin(room: number, rows: readonly LiveRow[], now: Date): Promise<{ table: string[]; shown: number }> {
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
