import { setTimeout as delay } from 'node:timers/promises'

/** ms on the clock that all processes of this machine share. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6

/** Begins so many pieces of work at an even pace, however long each takes. Resolves when all are done; rejects with the first that failed. */
export async function atPace(perSecond: number, count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  const begunAt = now()
  const failures: unknown[] = []
  const pieces: Promise<unknown>[] = []
  for (let index = 0; index < count; index += 1) {
    await delay(Math.max(0, begunAt + (index * 1000) / perSecond - now()))
    pieces.push(work(index).catch((error: unknown) => failures.push(error)))
  }
  await Promise.all(pieces)
  if (failures.length > 0) throw failures[0]
}
