import type { Request, Response } from 'express'

import { headersOf } from '../answer.js'
import type { Context } from '../context.js'

/** What one client is told, as long as it is there. */
export interface ToldStream {
  /** Resolves when the client is gone, or the stream has ended. */
  run(): Promise<void>
  /** Ends the stream: the client comes again elsewhere. */
  end(): void
}

/** Lets a client have a stream of events while it may: it takes a place, and the stream ends when its token is revoked and when the server stops. @throws Refusal, 429 or 503, when there is no place */
export async function runStream({ places, access, streams }: Pick<Context, 'places' | 'access' | 'streams'>, req: Request, res: Response, told: ToldStream): Promise<void> {
  const headers = headersOf(res, ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-cache, no-transform', 'X-Accel-Buffering', 'no'])
  if (req.method === 'HEAD') {
    res.writeHead(200, headers).end()
    return
  }
  places.take(req.socket.remoteAddress ?? '', res)
  res.writeHead(200, headers)
  access.whileAllowed(req, res, () => told.end())
  streams.add(told)
  await told.run().finally(() => streams.delete(told))
}
