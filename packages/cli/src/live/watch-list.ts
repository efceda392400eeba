import { silentLogger } from '@muster/common'
import type { ServiceGroupApi } from '@muster/servicegroup'

import type { Io } from '../io.js'
import { asciiJson } from '../output/json.js'
import type { Column, ListPrinter } from '../output/list-printer.js'
import { watchFormat } from '../output/options.js'
import type { OutputArguments } from '../output/options.js'
import { untilStopped } from '../stop-signals.js'
import type { Target } from '../target.js'
import { withReader } from '../target.js'
import { connectionJson, sayConnection } from './connection.js'
import type { Connection } from './connection.js'
import { LiveList } from './live-list.js'
import { LivePage } from './live-page.js'
import { Repeated } from './repeated.js'
import { Screen } from './screen.js'
import type { Subject } from './subject.js'

export interface WatchedList<Row, Change extends object> {
  readonly subject: Subject<Row, Change>
  readonly columns: readonly Column<Row>[]
  readonly args: OutputArguments
  /** Prints the first list where it is not redrawn in place, and the last one where it was. */
  readonly print: ListPrinter<Row>
  readonly target: Target
  readonly io: Io
  /** Which of them these are, for the title of a page. */
  readonly where?: string
  /** Lines on a terminal too. Default: there the list is redrawn in place. */
  readonly asLines?: boolean
}

/** Shows the list and every change of it until INT, TERM or HUP. Resolves with the exit status. @throws InvalidArgument for formats that have no changes */
export function watchList<Row, Change extends object>({ subject, columns, args, print, target, io, where, asLines = false }: WatchedList<Row, Change>): Promise<number> {
  const format = watchFormat(args.format)
  const isPage = format === 'table' && !asLines && io.columns !== undefined && io.env.TERM !== 'dumb'
  const page = isPage ? new LivePage(subject, columns, args, io, where) : undefined
  const watch = (reader: ServiceGroupApi, signal: AbortSignal): Promise<void> => {
    const watched = { reader, subject, io, signal }
    if (page) return watchOnScreen(watched, page, print)
    return format === 'json' ? watchAsJson(watched) : watchAsLines(watched, print)
  }
  return untilStopped(async (signal) => {
    await withReader(target, io, (reader) => watch(reader, signal), silentLogger)
    return 0
  })
}

interface ListWatch<Row, Change extends object> {
  readonly reader: ServiceGroupApi
  readonly subject: Subject<Row, Change>
  readonly io: Io
  /** Ends the watch. */
  readonly signal: AbortSignal
}

/** Writes a line of JSON for the whole list, and then one for each change and for each loss and return of the connection. */
async function watchAsJson<Row, Change extends object>({ reader, subject, io, signal }: ListWatch<Row, Change>): Promise<void> {
  const tell = (object: object): Promise<void> => io.write(`${asciiJson(object)}\n`)
  const onConnection = (connection: Connection): void => void io.write(`${connectionJson(connection)}\n`)
  let isFirst = true
  for await (const changes of subject.watch(reader, { signal, onConnection })) {
    if (isFirst) await tell({ type: 'snapshot', [subject.many]: rowsOf(subject, changes) })
    else for (const change of changes) await tell(change)
    isFirst = false
  }
}

/** Prints the list, and then a line for each change: for what is no terminal. */
async function watchAsLines<Row, Change extends object>({ reader, subject, io, signal }: ListWatch<Row, Change>, print: ListPrinter<Row>): Promise<void> {
  let isFirst = true
  for await (const changes of subject.watch(reader, { signal, onConnection: (connection) => sayConnection(connection, io) })) {
    if (isFirst) await print(rowsOf(subject, changes))
    else await io.write(changes.map((change) => `${subject.describe(change)}\n`).join(''))
    isFirst = false
  }
}

const rowsOf = <Row, Change extends object>(subject: Subject<Row, Change>, changes: readonly Change[]): Row[] => changes.map((change) => subject.read(change).row)

const betweenDrawsMs = 100
const clockMs = 1000
const ended = Symbol('ended')

/** Shows the list on the terminal and redraws it in place. The terminal is as it was when this ends, with the last list on it. */
async function watchOnScreen<Row, Change extends object>({ reader, subject, io, signal }: ListWatch<Row, Change>, page: LivePage<Row, Change>, print: ListPrinter<Row>): Promise<void> {
  const list = new LiveList(subject)
  const screen = new Screen((text) => io.write(text))
  const over = new AbortController()
  const redraw = new Repeated()
  const drawing = redraw.run(async () => screen.draw(await page.lines(list)), betweenDrawsMs, over.signal).catch((error: unknown) => over.abort(error))
  const clock = setInterval(() => redraw.ask(), clockMs)
  const stopResizing = io.onResize(() => {
    screen.invalidate()
    redraw.ask()
  })
  const onConnection = (connection: Connection): void => {
    page.connection = connection
    redraw.ask()
  }
  let isFirst = true
  try {
    for await (const changes of subject.watch(reader, { signal: AbortSignal.any([signal, over.signal]), onConnection })) {
      if (isFirst) list.begin(changes)
      else {
        list.apply(changes, Date.now())
        page.note(changes, new Date())
      }
      isFirst = false
      redraw.ask()
    }
  } finally {
    clearInterval(clock)
    stopResizing()
    over.abort(ended)
    await drawing
    await screen.close()
  }
  if (over.signal.reason !== ended) throw over.signal.reason
  if (!isFirst) await print(list.rows(Date.now()).flatMap(({ row, mark }) => (mark === 'went' ? [] : [row])))
}
