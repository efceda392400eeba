// Workers, and one who changes their services, in a process of their own. Each join and each change says when it was begun.
import { setTimeout as delay } from 'node:timers/promises'

import { openSession } from '@muster/coordination/internal'
import { openServiceGroup } from '@muster/servicegroup'
import { answerCalls } from '@muster/testkit'

import { atPace, now } from '../at-pace.js'
import { joinOp } from '../join-op.js'

const [backend = ''] = process.argv.slice(2)
const opened = openServiceGroup(backend)
const uuids = new Set<string>()
let updates = 0

export interface Joins {
  readonly workers: number
  /** On so many hosts in turn. */
  readonly hosts: number
  readonly perSecond: number
}

/** One commit has so many of those who join on one session. */
const joinsOfCommit = 5

export interface Updates {
  readonly count: number
  readonly perSecond: number
}

async function join({ workers, hosts, perSecond }: Joins): Promise<Done> {
  const group = await opened
  return timed(workers, perSecond, async (begunAt, index) => {
    const { worker } = await group.join({ group: 'fleet', name: `nova-compute worker(${index})`, hostname: `host-${index % hosts}`, version: begunAt, publishLag: false })
    if (worker.uuid !== null) uuids.add(worker.uuid)
  })
}

/** What the others see of so many processes that join: each with a session of its own would be the load of this machine alone. */
async function joinAsMany({ workers, hosts, perSecond }: Joins): Promise<Done> {
  const session = await openSession(backend)
  const group = 'fleet'
  await session.commit([{ op: 'create', at: { collection: 'groups', key: group }, data: new Uint8Array() }])
  const commits = await timed(workers / joinsOfCommit, perSecond / joinsOfCommit, async (version, turn) => {
    const numbers = Array.from({ length: joinsOfCommit }, (_, index) => turn * joinsOfCommit + index)
    await session.commit(numbers.map((number) => joinOp({ group, name: `nova-compute worker(${number})`, type: 'nova-compute', hostname: `host-${number % hosts}`, pid: 20_000 + number, version })))
  })
  return { ...commits, perSecond: commits.perSecond * joinsOfCommit }
}

async function update({ count, perSecond }: Updates): Promise<Done> {
  const services = [...uuids]
  const group = await opened
  return timed(count, perSecond, async (reason) => {
    const [turn, uuid = ''] = [Math.floor(updates / services.length), services[updates++ % services.length]]
    // The version makes it a change, also where two of one service overtake each other.
    await group.update(uuid, { status: turn % 2 === 0 ? 'disabled' : 'enabled', version: updates }, { actor: 'bench', reason })
  })
}

/** What was done, at an even pace if the machine could. */
export interface Done {
  /** How long each took, ms. */
  readonly times: readonly number[]
  /** When it was begun, as it says itself; in the same order. */
  readonly begins: readonly number[]
  /** How many there were, in truth. */
  readonly perSecond: number
  /** When the last was done. */
  readonly endedAt: number
}

async function timed(count: number, perSecond: number, work: (begunAt: string, index: number) => Promise<void>): Promise<Done> {
  const times: number[] = []
  const begins: number[] = []
  const firstAt = now()
  await atPace(perSecond, count, async (index) => {
    const begunAt = now().toFixed(2)
    await work(begunAt, index)
    times.push(now() - Number(begunAt))
    begins.push(Number(begunAt))
  })
  const endedAt = now()
  return { times, begins, perSecond: (count / (endedAt - firstAt)) * 1000, endedAt }
}

let underWay: Promise<Done> | undefined

const functions = {
  beginJoins: (joins: Joins): void => void (underWay = join(joins)).catch(() => undefined),
  beginJoinsAsMany: (joins: Joins): void => void (underWay = joinAsMany(joins)).catch(() => undefined),
  beginUpdates: (asked: Updates): void => void (underWay = update(asked)).catch(() => undefined),
  /** Resolves with what was begun, or soon with nothing, to be asked again: calls have a deadline, work has none. */
  wait: (): Promise<Done | undefined> => Promise.race([underWay, delay(5000, undefined, { ref: false })]),
}

export type WriterFunctions = typeof functions
answerCalls(functions)
