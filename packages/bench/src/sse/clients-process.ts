// Many SSE clients in one process, as cheap as a client can be: they count and time what they are told and check its order.
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'

import type { FleetReport } from './client-fleet.js'

const now = (): number => Number(process.hrtime.bigint()) / 1e6
const [url = '', words = '0'] = process.argv.slice(2)
const count = Number(words)
/** How many of the delays, in whole ms, were that long. */
const delays = new Map<number, number>()
let synced = 0
let told = 0
let outOfOrder = 0
let resets = 0
let ended = 0

/** The number that begins after `mark`, in an event that begins at `from`. */
function numberAfter(text: string, mark: string, from: number): number {
  const begin = text.indexOf(mark, from) + mark.length
  let end = begin
  while (/[\d.]/.test(text.charAt(end))) end += 1
  return Number(text.slice(begin, end))
}

/** One client: an event ends with an empty line; what is cut off waits for the next packet. Nothing is made of it but numbers, so that 2,000 fit on a machine beside their server. */
function follow(response: IncomingMessage): void {
  let rest = ''
  let last: number | undefined
  response.setEncoding('latin1').on('data', (chunk: string) => {
    const receivedAt = now()
    const text = rest + chunk
    let from = 0
    for (let end = text.indexOf('\n\n', from); end >= 0; end = text.indexOf('\n\n', from)) {
      if (text.startsWith('event: change', from)) {
        const id = numberAfter(text, '-', text.indexOf('\nid: ', from))
        if (last !== undefined && id !== last + 1) outOfOrder += 1
        last = id
        told += 1
        const delay = Math.round(receivedAt - numberAfter(text, '"version":"', from))
        delays.set(delay, (delays.get(delay) ?? 0) + 1)
      } else if (text.startsWith('event: synced', from)) {
        synced += 1
        last = numberAfter(text, '-', text.indexOf('\nid: ', from))
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
  const report: FleetReport = { synced, told, outOfOrder, resets, ended, delays: [...delays] }
  process.send?.(report)
})
process.once('disconnect', () => process.exit())
process.send?.('open')
