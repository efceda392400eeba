import { toNotification } from '@muster/notifications'
import type { Change, ChangeFilter, ChangeLog, PageOf, ReadChangesOptions } from '@muster/notifications'
import type { Request, Response } from 'express'

import { answerText } from '../answer.js'
import type { Context } from '../context.js'
import { ChangeStream, eventOf } from '../history/change-stream.js'
import type { OpenHistory } from '../history/history.js'
import { runStream } from '../history/run-stream.js'
import { Refusal } from '../problems.js'
import { queryReader } from '../query.js'
import type { Query } from '../query.js'
import type { Answer, Route } from '../route.js'
import { bodies } from '../schemas/schemas.js'
import { changeParameters, historyOf, kindParameters, notificationsOf, pageParameters, readChangeFilter, readSince, sinceParameters } from './history-parameters.js'
import { goneSignal } from './parameters.js'

const pageHeaders: NonNullable<Answer['headers']> = {
  'X-Svc-Next': 'The number to go on after.',
  'X-Svc-First-Seq': 'The first number that is kept.',
  'X-Svc-Last-Seq': 'The last number that is given; 0 before the first.',
  Link: 'rel="next": the page after this one, if there is one.',
}
const resumeHeader = { 'Last-Event-ID': 'The last event that the client has: it goes on after that. Goes before since.' }

/** What is told of a change, and under which name; undefined: nothing. */
interface Telling {
  /** A page of it, as JSON. */
  readonly read: (log: ChangeLog, filter: ChangeFilter, options: ReadChangesOptions) => Promise<PageOf<string>>
  readonly tell: (change: Change) => object | undefined
  readonly event: (told: object) => string
  /** @throws Refusal, 404, where it is not told */
  readonly historyOf: (context: Pick<Context, 'history'>) => OpenHistory
}

const changes: Telling = { read: (log, filter, options) => log.readTexts(filter, options), tell: (change) => change, event: () => 'change', historyOf }
const notifications: Telling = { read: readNotifications, tell: toNotification, event: (told) => (told as { event_type: string }).event_type, historyOf: notificationsOf }

async function readNotifications(log: ChangeLog, filter: ChangeFilter, options: ReadChangesOptions): Promise<PageOf<string>> {
  const page = await log.read(filter, options)
  return { ...page, changes: page.changes.flatMap((change) => toNotification(change) ?? []).map((told) => JSON.stringify(told)) }
}

type ListQuery = Query<typeof sinceParameters & typeof changeParameters & typeof kindParameters & typeof pageParameters>

async function list(context: Context, req: Request, res: Response, query: ListQuery, { read, historyOf }: Telling): Promise<void> {
  const { limit = 100 } = query
  const page = await read(historyOf(context).log, readChangeFilter(query), { ...readSince(query.since), limit, signal: goneSignal(res) })
  const next = new URLSearchParams(req.url.slice(req.url.indexOf('?') < 0 ? req.url.length : req.url.indexOf('?')))
  next.set('since', String(page.next))
  const link = page.next < page.lastSeq ? ['Link', `<?${next.toString()}>; rel="next"`] : []
  answerText(res, 200, `[${page.changes.join()}]`, ['X-Svc-Next', String(page.next), 'X-Svc-First-Seq', String(page.firstSeq), 'X-Svc-Last-Seq', String(page.lastSeq), ...link, 'Cache-Control', 'no-cache'])
}

/** The number in an id that a client sends back. @throws Refusal, 400 */
function readLastEventId(id: string | undefined): number | undefined {
  if (id === undefined || id === '') return undefined
  if (/^\d{1,15}$/.test(id)) return Number(id)
  throw new Refusal(400, 'invalid_argument', 'Last-Event-ID is no number of a change', { hint: 'Send the id of the last event, or begin anew without it.' })
}

async function stream(context: Context, req: Request, res: Response, { since, filter }: { since: string | undefined; filter: ChangeFilter }, { tell, event, historyOf }: Telling): Promise<void> {
  const history = historyOf(context)
  const lastEventId = readLastEventId(req.get('Last-Event-ID'))
  const begin = readSince(since)
  const from = lastEventId === undefined && begin.from !== undefined ? (await history.log.read({}, { from: begin.from, limit: 1, signal: goneSignal(res) })).changes[0] : undefined
  const after = lastEventId ?? begin.after ?? (from && from.seq - 1)
  const write = (change: Change): string | undefined => {
    const told = tell(change)
    return told && eventOf(change.seq, event(told), told)
  }
  await runStream(context, req, res, new ChangeStream(history, res, { after, filter, write }))
}

/** The changes of workers and services, and the same as notifications: each as a list and as a stream. */
export function changeRoutes(context: Context): Route[] {
  const listQuery = { ...sinceParameters, ...changeParameters, ...pageParameters }
  const streamQuery = { ...sinceParameters, ...changeParameters }
  const [readChanges, readChangeStream] = [queryReader({ ...listQuery, ...kindParameters }), queryReader({ ...streamQuery, ...kindParameters })]
  const [readNotificationList, readNotificationStream] = [queryReader(listQuery), queryReader(streamQuery)]
  const streamed = (what: string): Answer => ({ description: `${what}, until the connection ends; gap where some are no longer kept.`, schema: { type: 'string' }, type: 'text/event-stream' })
  return [
    {
      path: '/v1/change',
      method: 'get',
      role: 'reader',
      operation: { summary: 'What has happened to workers and services, oldest first.', query: { ...listQuery, ...kindParameters }, answers: { 200: { description: 'A page of the log.', schema: bodies('Change'), headers: pageHeaders } }, problems: [404] },
      handler: (req, res) => list(context, req, res, readChanges(req.url), changes),
    },
    {
      path: '/v1/change/stream',
      method: 'get',
      role: 'reader',
      operation: { summary: 'The same as it happens, as Server-Sent Events.', query: { ...streamQuery, ...kindParameters }, headers: resumeHeader, answers: { 200: streamed('change events') }, problems: [404, 429] },
      handler: (req, res) => {
        const query = readChangeStream(req.url)
        return stream(context, req, res, { since: query.since, filter: readChangeFilter(query) }, changes)
      },
    },
    {
      path: '/v1/notification',
      method: 'get',
      role: 'reader',
      operation: { summary: 'What has happened to services, in Nova\'s versioned form, oldest first.', query: listQuery, answers: { 200: { description: 'A page of the log.', schema: bodies('Notification'), headers: pageHeaders } }, problems: [404] },
      handler: (req, res) => list(context, req, res, readNotificationList(req.url), notifications),
    },
    {
      path: '/v1/notification/stream',
      method: 'get',
      role: 'reader',
      operation: { summary: 'The same as it happens, as Server-Sent Events.', query: streamQuery, headers: resumeHeader, answers: { 200: streamed('service.create, service.update and service.delete events') }, problems: [404, 429] },
      handler: (req, res) => {
        const query = readNotificationStream(req.url)
        return stream(context, req, res, { since: query.since, filter: { type: query.type, host: query.host } }, notifications)
      },
    },
  ]
}
