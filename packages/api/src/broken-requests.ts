import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { Socket } from 'node:net'

import type { Logger } from '@muster/common'

import type { Connections } from './connections.js'
import { limits } from './limits.js'
import { linger } from './linger.js'
import { Refusal, toProblem } from './problems.js'
import { requestIdHeader } from './requests.js'
import { securityHeaders } from './security-headers.js'

/** What is no request that the app could be given, and is answered below it: broken, too slow, too long, CONNECT. */
export function answerBrokenRequests(server: Server, connections: Connections, logger: Logger): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    logger.debug({ code: error.code }, 'a request could not be read')
    if (error.code === 'ECONNRESET' || !socket.writable || hasSentNothing(socket)) socket.destroy()
    else if (mayAnswer(socket, connections)) refuse(socket, toRefusal(error.code))
    else if (socket instanceof Socket) socket.destroySoon() // what was answered before is still sent
  })
  server.on('connect', (_req, socket) => refuse(socket, new Refusal(405, 'not_supported', 'This is no proxy: CONNECT is not possible')))
  server.on('checkContinue', (req, res) => {
    if (Number(req.headers['content-length'] ?? 0) <= limits.bodyBytes) res.writeContinue()
    server.emit('request', req, res)
  })
  server.on('checkExpectation', (req, res) => server.emit('request', req, res))
}

/** Who has asked for nothing waits for no answer, and there may be thousands of them. */
const hasSentNothing = (socket: Duplex): boolean => socket instanceof Socket && socket.bytesRead === 0

function toRefusal(code: string | undefined): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Refusal(431, 'too_large', `The request's head, or what follows its body, has more than ${limits.headBytes} bytes`)
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new Refusal(413, 'too_large', 'The extensions of a chunk are too large')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal(408, 'operation_timed_out', `The request was not whole in time: its head within ${limits.headMs / 1000} s, all of it within ${limits.requestMs / 1000} s`)
    default:
      return new Refusal(400, 'invalid_argument', 'This is no HTTP request')
  }
}

/** An answer now must not be taken for the one to an earlier request. */
function mayAnswer(socket: Duplex, connections: Connections): boolean {
  const [first, ...others] = socket instanceof Socket ? connections.answersOn(socket) : []
  return first === undefined || (others.length === 0 && !first.headersSent && !first.req.complete)
}

function refuse(socket: Duplex, refusal: Refusal): void {
  const requestId = randomUUID()
  const { problem } = toProblem(refusal, { instance: '', requestId })
  const body = JSON.stringify(problem)
  const headers = [
    ...[requestIdHeader, requestId, ...securityHeaders],
    ...['Content-Type', 'application/problem+json', 'Cache-Control', 'no-store', 'Content-Length', String(Buffer.byteLength(body))],
    ...['Date', new Date().toUTCString(), 'Connection', 'close'],
  ]
  const lines = headers.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${headers[index + 1]}`] : []))
  socket.on('error', () => {}) // the client is gone: there is nobody to tell
  socket.end([`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`, ...lines, '', body].join('\r\n'))
  linger(socket, () => false)
}
