// The demo behind `npm start`: the API and eleven workers on one store, then every change as it happens.
import { serve } from '@muster/api'
import { changeLine } from '@muster/cli'
import { exitStatusByCode, isMusterError, silentLogger } from '@muster/common'
import { openServiceGroup } from '@muster/servicegroup'

import { readOptions } from './options.js'
import { invitation, listed } from './screen.js'
import { onStopSignals } from './stop-signals.js'
import { claimStore } from './store-claim.js'
import { WorkerProcesses } from './worker-processes.js'

const group = 'vitrage'
const names = [
  'ApiWorker worker(0)',
  ...[0, 1, 2, 3].map((number) => `EvaluatorWorker worker(${number})`),
  'MachineLearningService worker(0)',
  'PersistorService worker(0)',
  'SnmpParsingService worker(0)',
  'vitrageuWSGI worker 1',
  'vitrageuWSGI worker 2',
  'VitrageNotifierService worker(0)',
]
const stopWithinMs = 5000

/**
 * Runs until INT, TERM or HUP, then ends what it started and exits: 0 when every worker has left, 1 when the demo
 * could not start or something had to be killed after 5 s, 128 + n when a second signal, n, cut that short.
 */
export async function demo(words) {
  const processes = new WorkerProcesses()
  const opened = []
  const stopping = new AbortController()
  onStopSignals(
    () => stopping.abort(),
    (status) => {
      processes.kill()
      process.exit(status)
    },
  )
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stopping.abort()) // nobody looks any more

  let status = 0
  try {
    const work = show({ ...readOptions(words, process.env), processes, opened, signal: stopping.signal })
    await Promise.race([work, aborted(stopping.signal)])
    console.log('\nStopping.')
  } catch (error) {
    status = explain(error)
  }
  await end(processes, opened)
  process.exit(status)
}

/** Shows the demo until `signal` aborts. What it opens goes to `opened`, to be closed by the caller. */
async function show({ port, backend, backendOption, processes, opened, signal }) {
  const claim = await claimStore(backend)
  opened.push(claim)
  const run = async () => {
    const { url } = await listen(port, backend, opened)
    const reader = await openServiceGroup(backend)
    opened.push(reader)
    signal.throwIfAborted()
    console.log(`${url} is up; starting ${names.length} workers.`)
    const workers = await processes.start(group, names, backend)
    const changes = reader.watchWorkers({}, { signal })
    await changes.next() // the workers that are there already: the table shows them
    process.stdout.write(await listed(group, { backend, signal }))
    process.stdout.write(invitation({ url, backendOption, victim: workers[7] }))
    for await (const batch of changes) for (const change of batch) console.log(changeLine(change))
  }
  await Promise.race([run(), claim.kept])
}

async function listen(port, backend, opened) {
  try {
    const server = await serve({ backend, port, logger: process.env.SVC_LOG ? undefined : silentLogger })
    opened.push(server)
    return server
  } catch (error) {
    if (error.cause?.code !== 'EADDRINUSE') throw error
    const other = port === 9000 ? 9001 : 9000
    throw new Error(`Port ${port} is in use. Try npm start -- --port ${other} (or SVC_PORT=${other}).`, { cause: error })
  }
}

const aborted = (signal) => new Promise((resolve) => signal.addEventListener('abort', resolve))

/** Says what went wrong; returns the exit status. */
function explain(error) {
  console.error(error.message)
  if (!isMusterError(error)) return 1
  if (error.hint !== undefined) console.error(error.hint)
  return exitStatusByCode[error.code]
}

/** Ends the workers, then closes the rest, last opened first. What takes too long is killed. */
async function end(processes, opened) {
  const deadline = setTimeout(() => {
    console.error(`Not stopped within ${stopWithinMs / 1000} s: killed what was left, ${processes.kill()} of the workers.`)
    process.exit(1)
  }, stopWithinMs)
  await processes.stop()
  for (const resource of opened.reverse()) await resource.close()
  clearTimeout(deadline)
}
