// Many SSE clients in one process, as cheap as a client can be: they count and time what they are told and check its order.
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'

import { now } from '../at-pace.js'
import type { FleetReport } from './client-fleet.js'

const [url = '', words = '0'] = process.argv.slice(2)
const count = Number(words)
/** How many of the delays, in whole ms, were that long. */
const delays: number[] = []
let inSync = 0
let told = 0
let outOfOrder = 0
let resets = 0
let ended = 0

/** The whole number at this place; a regular expression here would be most of what the clients do. */
function numberAt(text: string, from: number): number {
  let number = 0
  for (let index = from; ; index += 1) {
    const digit = text.charCodeAt(index) - 48
    if (!(digit >= 0 && digit <= 9)) return number
    number = number * 10 + digit
  }
}

const change = 'event: change\nid: '
const synced = 'event: synced\nid: '
const sent = '"version":"'

/** One client: an event ends with an empty line; what is cut off waits for the next packet. Nothing is made of it but numbers, so that 2,000 fit on a machine beside their server. */
function follow(response: IncomingMessage): void {
  let rest = ''
  let last: number | undefined
  response.setEncoding('latin1').on('data', (chunk: string) => {
    const receivedAt = now()
    const text = rest + chunk
    let from = 0
    for (let end = text.indexOf('\n\n', from); end >= 0; end = text.indexOf('\n\n', from)) {
      if (text.startsWith(change, from)) {
        const id = numberAt(text, text.indexOf('-', from + change.length) + 1)
        if (last !== undefined && id !== last + 1) outOfOrder += 1
        last = id
        told += 1
        const delay = Math.round(receivedAt - numberAt(text, text.indexOf(sent, from) + sent.length))
        delays[delay] = (delays[delay] ?? 0) + 1
      } else if (text.startsWith(synced, from)) {
        inSync += 1
        last = numberAt(text, text.indexOf('-', from + synced.length) + 1)
      } else if (text.startsWith('event: reset', from)) resets += 1
      from = end + 2
    }
    rest = text.slice(from)
  })
  response.on('close', () => (ended += 1))
}

const open = (): Promise<void> =>
  new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      follow(response)
      resolve()
    }).on('error', reject)
  })

for (let opened = 0; opened < count; opened += 50) await Promise.all(Array.from({ length: Math.min(50, count - opened) }, open))

process.on('message', () => {
  const report: FleetReport = { synced: inSync, told, outOfOrder, resets, ended, delays: delays.flatMap((times, ms) => [[ms, times] as const]) }
  process.send?.(report)
})
process.once('disconnect', () => process.exit())
process.send?.('open')
