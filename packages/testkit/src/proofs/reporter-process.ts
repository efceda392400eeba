// Reports for numbered instances, some of which fail, and says of each, once its report has resolved, that it is acknowledged.
import { writeSync } from 'node:fs'

import { openProvisioning } from '@muster/provisioning'

import { hasFailed, instanceName } from './reports.js'

const [url = '', id = '', name = '', from = '', to = ''] = process.argv.slice(2)
const atOnce = 4

const provisioning = await openProvisioning(url, { eraseEveryMs: 0 })
const step = await provisioning.step(id)
let next = Number(from)

async function report(): Promise<void> {
  while (next < Number(to)) {
    const number = next++
    const instance = instanceName(name, number)
    const { recorded } = hasFailed(number) ? await step.fail({ instance, error: new Error('no route to host') }) : await step.ok({ instance })
    writeSync(1, `${recorded ? number : 'not recorded'}\n`) // not lost with the process, as a buffer would be
  }
}

await Promise.all(Array.from({ length: atOnce }, report))
await provisioning.close()
