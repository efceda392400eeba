import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import type { Request, RequestHandler } from 'express'

import { limits } from './limits.js'
import { linger } from './linger.js'
import { Refusal } from './problems.js'

/** Refuses what no honest client sends, before anything of it is used. */
export const refuseExcess: RequestHandler = (req, res, next) => {
  const isWhole = (): boolean => req.complete
  if (hasBody(req)) {
    res.once('finish', () => {
      if (!isWhole()) linger(req.socket, isWhole)
    })
  }
  const { url, rawHeaders, headers, httpVersionMajor, httpVersionMinor } = req
  if (url.length > limits.urlCharacters) throw new Refusal(414, 'too_large', `The URL has ${url.length} characters, at most ${limits.urlCharacters}`)
  if (rawHeaders.length > 2 * limits.headers) throw new Refusal(431, 'too_large', `The request has more than ${limits.headers} headers`)
  if (httpVersionMajor !== 1) throw new Refusal(400, 'invalid_argument', 'HTTP/1.1 or HTTP/1.0 is spoken here')
  const hosts = countHosts(rawHeaders)
  if (hosts > 1 || (hosts === 0 && httpVersionMinor === 1)) throw new Refusal(400, 'invalid_argument', `The request has ${hosts} Host headers instead of one`)
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') throw new Refusal(417, 'not_supported', 'Only 100-continue can be expected')
  if (!mayHaveAnother(req.socket, res)) throw new Refusal(429, 'queue_full', `More than ${limits.answersOfConnection} requests wait in this connection`, { hint: 'Wait for answers, or use more connections.', headers: { Connection: 'close' } })
  next()
}

export function hasBody({ headers }: Pick<Request, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function countHosts(rawHeaders: readonly string[]): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1
  }
  return count
}

const waiting = new WeakMap<Socket, number>()

/** Counts the answers that a connection waits for. */
function mayHaveAnother(socket: Socket, response: ServerResponse): boolean {
  const count = (waiting.get(socket) ?? 0) + 1
  waiting.set(socket, count)
  response.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1))
  return count <= limits.answersOfConnection
}
