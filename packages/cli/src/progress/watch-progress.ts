import { longestTimerMs } from '@muster/common'
import type { ClusterRow } from '@muster/provisioning'

import type { Opened } from '../clusters/cluster-target.js'
import type { Io } from '../io.js'
import { say } from '../io.js'
import { timeOfDay } from '../live/change-line.js'
import { Repeated } from '../live/repeated.js'
import { asciiJson } from '../output/json.js'
import { safeText } from '../safe-text.js'
import { untilStopped } from '../stop-signals.js'
import type { ConnectionNews } from './connection-news.js'
import { readFailures } from './failures.js'
import type { FailuresByStep } from './failures.js'
import { follow } from './follow.js'
import { rowJson } from './json.js'
import { ProgressPage } from './progress-page.js'
import { pendingSentence, stepSentences } from './sentences.js'

interface Watched {
  readonly idOrName: string
  readonly mostFailures: number
  readonly isJson: boolean
  /** End when it is Active or Error. */
  readonly exits: boolean
  readonly io: Io
  readonly connection: ConnectionNews
}

/** What shows a cluster, again and again. */
export interface View {
  /** The least time between two showings, ms. */
  readonly pauseMs: number
  show(cluster: ClusterRow, failures: FailuresByStep): Promise<void>
  connection(lost: string | undefined): void
  close(): Promise<void>
}

/** Shows a cluster whenever it is another way until INT, TERM or HUP, or until it is deleted. Resolves with the exit status. */
export function watchProgress({ provisioning: { store }, tenant }: Opened, { idOrName, mostFailures, isJson, exits, io, connection }: Watched): Promise<number> {
  return untilStopped(async (signal) => {
    const [over, redraw] = [new AbortController(), new Repeated()]
    const isPage = !isJson && io.columns !== undefined && io.env.TERM !== 'dumb'
    const view = isJson ? jsonView(io) : isPage ? new ProgressPage(io, mostFailures, () => redraw.ask()) : lineView(io)
    connection.listener = (lost) => {
      view.connection(lost)
      if (isPage) redraw.ask()
    }
    const seen: { cluster?: ClusterRow; failures: FailuresByStep } = { failures: new Map() }
    const show = async (): Promise<void> => {
      const { cluster, failures } = seen
      if (cluster === undefined) return
      if (!isJson) seen.failures = await readFailures(store, cluster, mostFailures, failures, signal).catch(() => failures) // that it cannot be told is told by who follows
      await view.show(cluster, seen.failures)
    }
    const showing = redraw.run(show, view.pauseMs, over.signal).catch((error: unknown) => over.abort(error))
    const alive = setInterval(() => {}, longestTimerMs)
    try {
      await follow({
        store,
        idOrName,
        tenant,
        signal: AbortSignal.any([signal, over.signal]),
        onConnection: connection.listener,
        onCluster: async (row) => {
          seen.cluster = row
          if (isJson) await show()
          else redraw.ask()
          if (exits && (row.status === 'Active' || row.status === 'Error')) over.abort(ended)
        },
      })
    } finally {
      clearInterval(alive)
      over.abort(ended)
      await showing
      if (!isJson) await show()
      await view.close()
    }
    if (over.signal.reason !== ended) throw over.signal.reason
    return exits && seen.cluster?.status === 'Error' ? 1 : 0
  })
}

const ended = Symbol('ended')

const jsonView = (io: Io): View => ({
  pauseMs: 0,
  show: (cluster) => io.write(`${asciiJson(rowJson(cluster))}\n`),
  connection: (lost) => void io.write(`${asciiJson({ type: 'connection', state: lost === undefined ? 'connected' : 'suspended', ...(lost !== undefined && { reason: lost }) })}\n`),
  close: () => Promise.resolve(),
})

/** For what is no terminal: a line for each step that is another way, at most one a second. */
function lineView(io: Io): View {
  const told = new Set<string>()
  return {
    pauseMs: 1000,
    show: async ({ name, status, provision_progress: steps, pending_steps: pending }, failures) => {
      const lines = [safeText(`${name}: ${status}`), ...steps.flatMap((step) => stepSentences(step, failures)), ...pending.map(pendingSentence)]
      const news = lines.filter((line) => !told.has(line))
      told.clear()
      for (const line of lines) told.add(line)
      const at = timeOfDay(new Date())
      if (news.length > 0) await io.write(news.map((line) => `${at}  ${line}\n`).join(''))
    },
    connection: (lost) => say(io, lost === undefined ? 'connected again' : `not connected, trying again (${lost})`),
    close: () => Promise.resolve(),
  }
}
