import { setTimeout as delay } from 'node:timers/promises'

import { openSession, Rejected } from '@muster/coordination/internal'

const place = { collection: 'election/demo', key: 'demo' }

/**
 * Makes this the only demo on the store. Resolves with `close()` and with `kept`, a promise that rejects if the claim
 * went with a lost session and another demo has it now. Rejects with the other demo's pid if one runs.
 */
export async function claimStore(backend) {
  for (;;) {
    const session = await openSession(backend)
    try {
      if (await claim(session)) return { kept: keep(session), close: () => session.close() }
    } catch (error) {
      await session.close()
      throw error
    }
    await session.close() // the holder is dead: a new session begins by removing what the dead have left
  }
}

/** True if this session has the claim now, false if it may try again. */
async function claim(session) {
  try {
    await session.commit([{ op: 'create', at: place, data: Buffer.from(String(process.pid)), ephemeral: true }])
    return true
  } catch (error) {
    if (!(error instanceof Rejected)) throw error
  }
  const holder = await session.read(place)
  if (holder === undefined || (await session.ownership(holder)) === 'dead' || (await goesSoon(session, holder))) return false
  throw new Error(
    `A demo already runs on this store: process ${Buffer.from(holder.data)}. Stop that one with Ctrl-C, or give this one a store of its own: SVC_BACKEND=embedded:<folder>`,
  )
}

/** Where nobody can say whether the holder lives, its session tells: that of a dead one ends by itself. */
async function goesSoon(session, holder) {
  if ((await session.ownership(holder)) === 'alive') return false
  try {
    await session.gone(holder, { signal: AbortSignal.timeout(session.timeoutMs * 1.2) })
    return true
  } catch {
    return false
  }
}

/** Claims anew when this process was stopped for so long that its session is over. */
async function keep(session) {
  let claimed = session.epoch
  for await (const { state, epoch } of session.states()) {
    if (state !== 'connected' || epoch === claimed) continue
    while (!(await claim(session))) await delay(200) // about as long as dead sessions stay
    claimed = epoch
  }
}
