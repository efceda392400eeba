// A worker process of provision.js: does what a step is about for the instances it is told of, and reports each as it goes.
import { setTimeout as delay } from 'node:timers/promises'

import { openProvisioning } from '@muster/provisioning'
import { join } from '@muster/servicegroup'

const [, , database, backend, group, failing] = process.argv
const provisioning = await openProvisioning(database)
let membership

/** Stands for what takes its time, and now and then fails. */
async function work() {
  await delay(10 + Math.random() * 40)
  if (Math.random() < Number(failing)) throw new Error('no route to host')
}

process.on('message', async ({ step: id, names }) => {
  const step = await provisioning.step(id)
  const done = []
  for (const name of names) {
    try {
      await step.run(name, work)
      done.push(name)
    } catch {
      // It is reported; the others go on.
    }
  }
  membership ??= await join({ backend, group, name: `sample worker(${process.pid})` })
  process.send({ done })
})

process.on('disconnect', async () => {
  await membership?.leave()
  await provisioning.close()
})
