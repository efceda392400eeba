// One worker of the demo, a process of its own: joins, says so, and stays until it is told to end or the demo is gone.
import { join } from '@muster/servicegroup'

const [group, name] = process.argv.slice(2)

// The channel to the demo closes when the demo asks this worker to leave, and also when the demo is killed.
const demoGone = new AbortController()
process.once('disconnect', () => demoGone.abort())
if (!process.connected) demoGone.abort()

try {
  const membership = await join({ group, name, leaveOnSignal: true, signal: demoGone.signal })
  if (process.connected) process.send(membership.worker, () => {}) // not delivered: the demo is gone, which the signal tells
  await new Promise((resolve) => {
    if (demoGone.signal.aborted) resolve()
    demoGone.signal.addEventListener('abort', resolve)
  })
  await membership.leave()
  process.exit(0)
} catch (error) {
  if (demoGone.signal.aborted) process.exit(1)
  process.stderr.write(`${name}: ${error.message}\n`)
  process.exit(1)
}
