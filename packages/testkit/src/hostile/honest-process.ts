// A client as it should be: asks at a steady pace, one request after the other, and times the answers.
import { Agent, get } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

import { answerCalls } from '../remote-calls.js'

const agent = new Agent({ keepAlive: true, maxSockets: 4 })
const patienceMs = 5000

function ask(url: string, headers: Readonly<Record<string, string>>): Promise<{ status: number; ms: number }> {
  const askedAt = performance.now()
  return new Promise((resolve, reject) => {
    get(url, { agent, headers, timeout: patienceMs }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, ms: performance.now() - askedAt }))
    })
      .on('timeout', () => reject(new Error(`${url}: no answer within ${patienceMs} ms`)))
      .on('error', reject)
  })
}

let isOver = false

const functions = {
  /** Asks until `stop`, or for so long. Resolves to the times of what was answered with 200, and how the others failed. */
  ask: async (urls: readonly string[], headers: Readonly<Record<string, string>>, perSecond: number, ms: number): Promise<{ times: number[]; failures: string[] }> => {
    const times: number[] = []
    const failures: string[] = []
    const beginAt = performance.now()
    isOver = false
    for (let index = 0; !isOver && performance.now() - beginAt < ms; index += 1) {
      await delay(Math.max(0, beginAt + (index * 1000) / perSecond - performance.now()))
      const url = urls[index % urls.length] ?? ''
      await ask(url, headers).then(
        ({ status, ms: took }) => void (status === 200 ? times.push(took) : failures.push(`${url}: ${status}`)),
        (error: Error) => void failures.push(error.message),
      )
    }
    return { times, failures }
  },
  stop: () => {
    isOver = true
  },
}

export type HonestFunctions = typeof functions

answerCalls(functions)
