// Workers, and one who changes their services, in a process of their own. Each join and each change says when it was begun.
import { createClient } from '@muster/client'
import { openServiceGroup } from '@muster/servicegroup'
import { answerCalls } from '@muster/testkit'

import { atPace, now } from '../at-pace.js'

const [backend] = process.argv.slice(2)
const opened = openServiceGroup(backend)
const uuids = new Set<string>()
let updates = 0

export interface Joining {
  /** By their numbers. */
  readonly from: number
  readonly to: number
  /** On so many hosts in turn. */
  readonly hosts: number
  readonly perSecond: number
  /** Of the names of hosts; default `host`. */
  readonly prefix?: string | undefined
}

const functions = {
  async join({ from, to, hosts, perSecond, prefix = 'host' }: Joining): Promise<number> {
    const group = await opened
    await atPace(perSecond, to - from, async (index) => {
      const number = from + index
      const { worker } = await group.join({ group: 'fleet', name: `nova-compute worker(${number})`, hostname: `${prefix}-${number % hosts}`, version: now().toFixed(2), publishLag: false })
      if (worker.uuid !== null) uuids.add(worker.uuid)
    })
    return now()
  },
  async update(count: number, perSecond: number, endpoint?: string): Promise<number[]> {
    const services = [...uuids]
    const group = endpoint === undefined ? await opened : createClient(endpoint)
    const times: number[] = []
    await atPace(perSecond, count, async () => {
      const [turn, uuid = ''] = [Math.floor(updates / services.length), services[updates++ % services.length]]
      const begunAt = now()
      await group.update(uuid, { status: turn % 2 === 0 ? 'disabled' : 'enabled' }, { actor: 'bench', reason: begunAt.toFixed(2) })
      times.push(now() - begunAt)
    })
    if (endpoint !== undefined) await group.close()
    return times
  },
}

export type WriterFunctions = typeof functions
answerCalls(functions)
