// A client as it should be: asks at a steady pace, one request after the other, and times the answers.
import { Agent, get } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

import { messageOf } from '@muster/common'

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

interface Asked {
  readonly times: number[]
  readonly failures: string[]
}

let isOver = false
let asked: Promise<Asked> | undefined

async function askOn(urls: readonly string[], headers: Readonly<Record<string, string>>, perSecond: number): Promise<Asked> {
  const told: Asked = { times: [], failures: [] }
  const beginAt = performance.now()
  for (let index = 0; !isOver; index += 1) {
    await delay(Math.max(0, beginAt + (index * 1000) / perSecond - performance.now()))
    const url = urls[index % urls.length] ?? ''
    try {
      const { status, ms } = await ask(url, headers)
      if (status === 200) told.times.push(ms)
      else told.failures.push(`${url}: ${status}`)
    } catch (error) {
      told.failures.push(messageOf(error))
    }
  }
  return told
}

const functions = {
  begin: (urls: readonly string[], headers: Readonly<Record<string, string>>, perSecond: number): void => {
    isOver = false
    asked = askOn(urls, headers, perSecond)
  },
  /** Resolves to the times of what was answered with 200, and how the others failed. */
  end: (): Promise<Asked> | undefined => {
    isOver = true
    return asked
  },
}

export type HonestFunctions = typeof functions

answerCalls(functions)
