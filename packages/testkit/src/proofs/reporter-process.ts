// Reports for numbered instances, some of which fail, and says of each, once its report has resolved, that it is acknowledged.
import { writeSync } from 'node:fs'

import { isMusterError } from '@muster/common'
import { openProvisioning } from '@muster/provisioning'

import { hasFailed, instanceName } from './reports.js'

const [url = '', id = '', name = '', from = '', to = ''] = process.argv.slice(2)
const atOnce = 4

/** Again when others have kept the database for longer than it is waited for, each time for 10 s: a report that comes twice neither doubles nor sticks. */
async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isMusterError(error, 'backend_unreachable') && !isMusterError(error, 'outcome_unknown')) throw error
      writeSync(1, 'again\n')
    }
  }
}

const provisioning = await untilDone(() => openProvisioning(url, { eraseEveryMs: 0 }))
const step = await untilDone(() => provisioning.step(id))
let next = Number(from)

async function report(): Promise<void> {
  while (next < Number(to)) {
    const number = next++
    const instance = instanceName(name, number)
    const { recorded } = await untilDone(() => (hasFailed(number) ? step.fail({ instance, error: new Error('no route to host') }) : step.ok({ instance })))
    writeSync(1, `${recorded ? number : 'not recorded'}\n`) // not lost with the process, as a buffer would be
  }
}

await Promise.all(Array.from({ length: atOnce }, report))
await provisioning.close()
