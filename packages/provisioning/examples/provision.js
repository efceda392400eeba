// Provisions a cluster of 1,000 instances with ten worker processes, some instances failing, and shows how far it is.
//
//   node packages/provisioning/examples/provision.js
//   node packages/provisioning/examples/provision.js --instances 60 --batch 20 --failing 0 --folder /tmp/sample
//
// It needs @muster/servicegroup too: each worker process joins the group `sample` in the folder's embedded store.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { openProvisioning } from '@muster/provisioning'
import { openServiceGroup } from '@muster/servicegroup'

import { showProgress } from './show-progress.js'

const text = { type: 'string' }
const { values } = parseArgs({ options: { instances: { ...text, default: '1000' }, batch: { ...text, default: '100' }, failing: { ...text, default: '0.01' }, folder: text } })
const [instances, batch, failing] = [Number(values.instances), Number(values.batch), Number(values.failing)]
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'muster-'))
const [database, backend, type] = [`sqlite:${folder}/history.db`, `embedded:${folder}`, 'creating']
const steps = ['Launching instances', 'Waiting for workers', 'Configuring instances']

/** A process that does the work for one batch, and is a worker of the cluster from when its batch is launched. */
function startWorker(first) {
  const names = Array.from({ length: Math.min(batch, instances - first) }, (_, index) => `sample-${String(first + index + 1).padStart(4, '0')}`)
  const process = fork(fileURLToPath(new URL('worker.js', import.meta.url)), [database, backend, 'sample', String(failing)])
  /** Has the work of a step done for the instances of its batch that are up. */
  const work = async (step) => {
    process.send({ step, names })
    const [answer] = await Promise.race([once(process, 'message'), once(process, 'exit')])
    if (!answer?.done) throw new Error(`The worker ${process.pid} has ended`)
    names.splice(0, Infinity, ...answer.done)
  }
  return { work, size: () => names.length, end: () => process.connected && process.disconnect(), ended: once(process, 'exit') }
}

const provisioning = await openProvisioning(database)
const serviceGroup = await openServiceGroup(backend)
const cluster = await provisioning.createCluster({ name: 'sample', plugin: { name: 'example', provisioningSteps: () => ({ creating: steps }) } })
const over = new AbortController()
const showing = showProgress(cluster, over.signal)
const workers = Array.from({ length: Math.ceil(instances / batch) }, (_, index) => startWorker(index * batch))
try {
  const [launching, waiting, configuring] = steps
  const launch = await cluster.step({ name: launching, type, total: instances })
  await Promise.all(workers.map((worker) => worker.work(launch.id)))
  await cluster.waitForWorkers({ name: waiting, type, total: workers.length, view: serviceGroup.view(), group: 'sample', deadlineMs: 60_000 })
  const configure = await cluster.step({ name: configuring, type, total: workers.reduce((sum, worker) => sum + worker.size(), 0) })
  await Promise.all(workers.map((worker) => worker.work(configure.id)))
} finally {
  for (const worker of workers) worker.end()
  await Promise.all(workers.map((worker) => worker.ended))
  over.abort()
  await showing
  await serviceGroup.close()
}

const { status, provision_progress: done } = await cluster.show()
for (const { id, failed } of done.filter((step) => step.failed > 0)) {
  const { events } = await cluster.events({ step: id, successful: false, limit: 5 })
  for (const event of events) console.log(`  ${event.instance_name} failed: ${event.event_info.split('\n')[0]}, error id ${event.error_id}`)
  if (failed > events.length) console.log(`  and ${failed - events.length} more`)
}
console.log(`The cluster is ${status}. Draw it with: svc progress sample --database ${database}`)
await provisioning.close()
