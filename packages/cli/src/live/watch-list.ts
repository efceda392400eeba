import { silentLogger } from '@muster/common'
import type { Worker, WorkerChange, WorkerFilter, WorkerReader } from '@muster/servicegroup'

import type { Io } from '../io.js'
import { asciiJson } from '../output/json.js'
import type { Column, ListPrinter } from '../output/list-printer.js'
import { watchFormat } from '../output/options.js'
import type { OutputArguments } from '../output/options.js'
import { untilStopped } from '../stop-signals.js'
import type { Target } from '../target.js'
import { withReader } from '../target.js'
import { changeLine } from './change-line.js'
import { connectionJson, sayConnection } from './connection.js'
import type { Connection } from './connection.js'
import { LiveList } from './live-list.js'
import { LivePage } from './live-page.js'
import { Repeated } from './repeated.js'
import { Screen } from './screen.js'

export interface WatchedList {
  readonly columns: readonly Column<Worker>[]
  readonly args: WorkerFilter & OutputArguments
  readonly print: ListPrinter<Worker>
  readonly target: Target
  readonly io: Io
}

/** Shows the list and every change of it until INT, TERM or HUP. Resolves with the exit status. @throws InvalidArgument for formats that have no changes */
export function watchList({ columns, args, print, target, io }: WatchedList): Promise<number> {
  const { group, name, hostname, type } = args
  const format = watchFormat(args.format)
  const page = format === 'table' && io.columns !== undefined && io.env.TERM !== 'dumb' ? new LivePage(columns, args, io, group ? ` in group ${[group].flat().join(', ')}` : '') : undefined
  const watch = (reader: WorkerReader, signal: AbortSignal): Promise<void> => {
    const watched = { reader, filter: { group, name, hostname, type }, io, signal }
    if (page) return watchOnScreen(watched, page, print)
    return format === 'json' ? watchAsJson(watched) : watchAsLines(watched, print)
  }
  return untilStopped(async (signal) => {
    await withReader(target, io, (reader) => watch(reader, signal), silentLogger)
    return 0
  })
}

interface ListWatch {
  readonly reader: WorkerReader
  readonly filter: WorkerFilter
  readonly io: Io
  /** Ends the watch. */
  readonly signal: AbortSignal
}

/** Writes a line of JSON for the whole list, and then one for each change and for each loss and return of the connection. */
async function watchAsJson({ reader, filter, io, signal }: ListWatch): Promise<void> {
  const tell = (object: object): Promise<void> => io.write(`${asciiJson(object)}\n`)
  const onConnection = (connection: Connection): void => void io.write(`${connectionJson(connection)}\n`)
  let isFirst = true
  for await (const changes of reader.watchWorkers(filter, { signal, onConnection })) {
    if (isFirst) await tell({ type: 'snapshot', workers: joinedIn(changes) })
    else for (const change of changes) await tell(change)
    isFirst = false
  }
}

/** Prints the list, and then a line for each change: for what is no terminal. */
async function watchAsLines({ reader, filter, io, signal }: ListWatch, print: ListPrinter<Worker>): Promise<void> {
  let isFirst = true
  for await (const changes of reader.watchWorkers(filter, { signal, onConnection: (connection) => sayConnection(connection, io) })) {
    if (isFirst) await print(joinedIn(changes))
    else await io.write(changes.map((change) => `${changeLine(change)}\n`).join(''))
    isFirst = false
  }
}

const joinedIn = (changes: readonly WorkerChange[]): Worker[] => changes.flatMap((change) => (change.type === 'joined' ? [change.worker] : []))

const betweenDrawsMs = 100
const clockMs = 1000
const ended = Symbol('ended')

/** Shows the list on the terminal and redraws it in place. The terminal is as it was when this ends, with the last list on it. */
async function watchOnScreen({ reader, filter, io, signal }: ListWatch, page: LivePage, print: ListPrinter<Worker>): Promise<void> {
  const list = new LiveList()
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
    for await (const changes of reader.watchWorkers(filter, { signal: AbortSignal.any([signal, over.signal]), onConnection })) {
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
  if (!isFirst) await print(list.rows(Date.now()).flatMap(({ worker, mark }) => (mark === 'left' ? [] : [worker])))
}
