import { limits, openSession } from '@muster/coordination/internal'
import type { Op, Session } from '@muster/coordination/internal'

import type { Place } from './contestant.js'
import { capabilities, memberId } from './members.js'

const data = Buffer.from(JSON.stringify(capabilities))

/** Makes a group of so many members, over as many sessions as they need; disposing of it ends the sessions. */
export async function populate(endpoint: string, count: number): Promise<Place & AsyncDisposable> {
  const group = 'vitrage'
  const sessions: Session[] = []
  const close = async (): Promise<void> => {
    await Promise.all(sessions.map((session) => session.close({ timeoutMs: 20_000 })))
  }
  try {
    for (let first = 0; first < count; first += limits.ephemeralsPerSession) {
      const session = await openSession(`zookeeper://${endpoint}?timeout=30s`)
      sessions.push(session)
      if (first === 0) await session.commit([{ op: 'create', at: { collection: 'groups', key: group }, data: new Uint8Array() }])
      await createMembers(session, group, first, Math.min(count, first + limits.ephemeralsPerSession))
    }
  } catch (error) {
    await close()
    throw error
  }
  return { endpoint, group, [Symbol.asyncDispose]: close }
}

async function createMembers(session: Session, group: string, first: number, end: number): Promise<void> {
  const ops = Array.from({ length: end - first }, (_, index): Op => ({ op: 'create', at: { collection: `members/${group}`, key: memberId(first + index) }, data, ephemeral: true }))
  const commits: Promise<unknown>[] = []
  while (ops.length > 0) commits.push(session.commit(ops.splice(0, limits.commitOps)))
  await Promise.all(commits)
}
