// One who reports to a step, in a process of its own.
import { openProvisioning } from '@muster/provisioning'
import { answerCalls } from '@muster/testkit'

import { atPace, now } from '../at-pace.js'

const [database = '', stepId = ''] = process.argv.slice(2)
const opened = openProvisioning(database, { eraseEveryMs: 0 }).then((provisioning) => provisioning.step(stepId))
let instances = 0

const functions = {
  /** Of so many instances, at an even pace. Resolves with how long each took, ms. */
  async report(count: number, perSecond: number): Promise<number[]> {
    const step = await opened
    const times: number[] = []
    await atPace(perSecond, count, async () => {
      const begun = now()
      const { recorded } = await step.ok({ instance: `worker-${(instances += 1)}` })
      if (!recorded) throw new Error('a report was not recorded')
      times.push(now() - begun)
    })
    return times
  },
}

export type ReporterFunctions = typeof functions
answerCalls(functions)
