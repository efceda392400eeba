// Sends hostile requests at a pace: in a process of its own.
import { setTimeout as delay } from 'node:timers/promises'

import { messageOf } from '@muster/common'
import fc from 'fast-check'

import { exchange } from '../raw-http.js'
import { answerCalls } from '../remote-calls.js'
import { seededRandom } from '../seeded-random.js'
import { operationsOf } from './api-description.js'
import { attacks } from './attacks.js'
import { generatedRequests } from './generated-requests.js'
import { complaintsOf } from './judge.js'
import { stayBehind } from './stay-behind.js'

export interface Attack {
  /** The server. */
  readonly url: string
  /** Sent with each request, as a server with tokens wants it. */
  readonly headers: Readonly<Record<string, string>>
  /** What may stand in paths. */
  readonly names: readonly string[]
  /** Generated ones; those by hand come on top. */
  readonly requests: number
  readonly perSecond: number
  readonly seed: number
  /** What is asked for instead, in turn, by requests as good as they are many: what so many cost. Default: hostile ones. */
  readonly harmless?: readonly string[]
}

export interface Complaint {
  readonly complaint: string
  readonly count: number
  /** The first one that was answered so. */
  readonly request: string
}

export interface Attacked {
  readonly byHand: number
  /** In truth. */
  readonly perSecond: number
  /** How many were answered with each status. */
  readonly statuses: ReadonlyMap<number, number>
  readonly complaints: readonly Complaint[]
}

const answerWithinMs = 20_000
const parallel = 16
/** Small: while they are generated nothing is sent. */
const batch = 10

/** So many generated requests, a few at a time, and those by hand spread among them. */
function* mix(arbitrary: fc.Arbitrary<Buffer>, requests: number, byHand: readonly Buffer[], seed: number): Generator<Buffer> {
  const random = seededRandom(seed)
  const places = byHand.map((request) => [random.below(requests), request] as const)
  for (let from = 0; from < requests; from += batch) {
    const size = Math.min(batch, requests - from)
    yield* fc.sample(arbitrary, { seed: seed + from, numRuns: size })
    yield* places.filter(([place]) => place >= from && place < from + size).map(([, request]) => request)
  }
}

/** So many good requests. */
function* good(paths: readonly string[], headers: Readonly<Record<string, string>>, requests: number): Generator<Buffer> {
  const given = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')
  for (let index = 0; index < requests; index += 1) yield Buffer.from(`GET ${paths[index % paths.length]} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${given}\r\n`)
}

let sent = 0
let attacking: Promise<void> | undefined
let attacked: Attacked | undefined

/** Sends requests at a pace, some at the same time, each from one of many addresses. */
async function attack({ url, headers, names, requests, perSecond, seed, harmless }: Attack): Promise<Attacked> {
  const port = Number(new URL(url).port)
  const byHand = harmless ? [] : attacks(headers)
  const rest = harmless ? good(harmless, headers, requests) : mix(generatedRequests(await operationsOf(url, headers), names, headers), requests, byHand, seed)
  const statuses = new Map<number, number>()
  const complaints = new Map<string, Complaint>()
  const complain = (complaint: string, request: Buffer): void => {
    const { count = 0, request: first = request.toString('latin1').slice(0, 600) } = complaints.get(complaint) ?? {}
    complaints.set(complaint, { complaint, count: count + 1, request: first })
  }
  const begunAt = performance.now()
  // What is late is not sent all at once: the harmless ones, which take no time to generate, do not come so either.
  let dueAt = begunAt
  const worker = async (): Promise<void> => {
    for (let next = rest.next(); !next.done; next = rest.next()) {
      const request = next.value
      sent += 1
      const now = performance.now()
      dueAt = Math.max(dueAt + 1000 / perSecond, now)
      await delay(dueAt - now)
      try {
        // From many addresses: the ports of one would not last.
        const answers = await exchange(port, request, { from: `127.0.1.${1 + (sent % 200)}`, timeoutMs: answerWithinMs, untilAnswered: true })
        if (answers.length === 0) complain('the connection was closed without an answer', request)
        for (const answer of answers) {
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
          for (const complaint of complaintsOf(answer)) complain(complaint, request)
        }
      } catch (error) {
        complain(`a hang: ${messageOf(error).slice(-40)}`, request)
      }
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  return { byHand: byHand.length, perSecond: (sent * 1000) / (performance.now() - begunAt), statuses, complaints: [...complaints.values()] }
}

const functions = {
  begin: (how: Attack): void => {
    sent = 0
    attacked = undefined
    attacking = attack(how).then((result) => void (attacked = result))
    attacking.catch(() => undefined) // told by `progress`
  },
  /** How many were sent, and what came of them when all are answered. */
  progress: async (): Promise<{ sent: number; attacked: Attacked | undefined }> => {
    await Promise.race([attacking, delay(1000)])
    return { sent, attacked }
  },
}

export type AttackFunctions = typeof functions

stayBehind()
answerCalls(functions)
