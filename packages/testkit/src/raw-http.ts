import { connect } from 'node:net'
import type { Socket } from 'node:net'

import { within } from './within.js'

/** One answer of a server, as it came. */
export interface RawAnswer {
  readonly status: number
  /** Names in small letters; of several with one name the last. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface ExchangeOptions {
  /** An address of this host to ask from: on Linux any 127.x.y.z. */
  readonly from?: string | undefined
  /** Default 10,000. */
  readonly timeoutMs?: number | undefined
  /** Rest after the first answer that is whole, instead of waiting for the server to close. */
  readonly untilAnswered?: boolean | undefined
}

/** A connection that sends what it is told to, whether that is HTTP or not. Errors of the connection are an end like any other. */
export class RawConnection {
  readonly socket: Socket
  /** Resolves when it is open, or closed. */
  readonly connected: Promise<void>
  /** Resolves when it is closed. */
  readonly closed: Promise<void>
  /** To HEAD: they have a length and no body. */
  answersHead = false
  #text = ''

  constructor(port: number, from?: string) {
    this.socket = connect({ port, host: '127.0.0.1', ...(from === undefined ? {} : { localAddress: from }) })
    this.socket.setEncoding('latin1').on('data', (text: string) => (this.#text += text))
    this.socket.on('error', () => {})
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()))
    this.connected = Promise.race([new Promise<void>((resolve) => this.socket.once('connect', resolve)), this.closed])
  }

  /** Every answer that is whole, interim ones too. */
  get answers(): readonly RawAnswer[] {
    return readAnswers(this.#text, this.answersHead)
  }

  get text(): string {
    return this.#text
  }
}

/** Sends bytes on a connection of their own and resolves to what was answered. Rejects when there is no end in time: a hang. */
export async function exchange(port: number, bytes: string | Buffer, { from, timeoutMs = 10_000, untilAnswered = false }: ExchangeOptions = {}): Promise<readonly RawAnswer[]> {
  const connection = new RawConnection(port, from)
  const { socket } = connection
  const sent = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
  connection.answersHead = sent.toString('latin1', 0, 5) === 'HEAD '
  socket.write(sent)
  const answered = new Promise<void>((resolve) => {
    if (untilAnswered) socket.on('data', () => connection.answers.some(({ status }) => status >= 200) && resolve())
  })
  try {
    await within(Promise.race([connection.closed, answered]), timeoutMs, `an answer to ${JSON.stringify(sent.toString('latin1', 0, 120))}`)
    return connection.answers
  } finally {
    socket.destroy()
  }
}

/** The answers in a stream that have come whole; one without a length goes on to the end. */
function readAnswers(text: string, toHead: boolean): RawAnswer[] {
  const answers: RawAnswer[] = []
  for (let rest = text; ; ) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) return answers
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3})( |$)/.exec(statusLine)?.[1])
    const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))
    const length = toHead || status < 200 || status === 204 || status === 304 ? 0 : Number(headers['content-length'] ?? Infinity)
    const begin = end + 4
    if (Number.isFinite(length) && rest.length < begin + length) return answers
    answers.push({ status, headers, body: rest.slice(begin, begin + length) })
    if (!Number.isFinite(length)) return answers
    rest = rest.slice(begin + length)
  }
}
