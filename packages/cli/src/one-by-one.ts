import { exitStatusByCode } from '@muster/common'

import type { Io } from './io.js'
import { say } from './io.js'
import { report } from './report.js'

/** One after the other, until the backend is out of reach; what fails is told and does not keep the others. Resolves with the highest exit status. */
export async function oneByOne<T>(items: readonly T[], io: Io, act: (item: T) => Promise<void>): Promise<number> {
  let highest = 0
  for (const [index, item] of items.entries()) {
    try {
      await act(item)
    } catch (error) {
      const status = report(error, io)
      highest = Math.max(highest, status)
      const left = items.length - index - 1
      if (isUnreachable(status) && left > 0) say(io, `not tried: ${left} more`)
      if (isUnreachable(status)) break
    }
  }
  return highest
}

export const isUnreachable = (status: number): boolean => status === exitStatusByCode.backend_unreachable
