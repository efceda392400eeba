// Brings a client into some state, closes it, says how that went and has nothing more to do: the process must end by itself.
import { performance } from 'node:perf_hooks'

import { createClient } from '@muster/zookeeper'

const [endpoint = '', when = '', owns = '', timeoutMs = '3000'] = process.argv.slice(2)
const sessionTimeoutMs = when === 'lost' ? 3000 : 6000 // outlasts the way to `ready`, which may take a second on a busy machine
const zk = createClient(endpoint, { sessionTimeoutMs })
const meanwhile = setInterval(() => {}, 1000) // a client that waits for nothing does not keep its process
const codeOf = (call: Promise<unknown>): Promise<string> => call.then(() => 'done', (error: unknown) => (error as { code: string }).code)
const told = new Promise((resolve) => process.once('SIGUSR2', resolve))
const reached = new Promise<void>((resolve) => zk.onState(({ state }) => state === when && resolve()))

switch (when) {
  case 'at once':
    break
  case 'dialling':
    await new Promise((resolve) => setTimeout(resolve, 100))
    break
  default:
    await zk.connected()
    if (owns === 'owns') await zk.create(`/closing-${process.pid}`, { mode: 'ephemeral' })
    console.log(`ready ${process.pid}`)
    if (when === 'told') await told
    if (when === 'suspended' || when === 'lost') await reached
}

clearInterval(meanwhile)
const calls = [zk.getData('/'), zk.create('/closed', { mode: 'persistent_sequential' })].map(codeOf)
const begin = performance.now()
const closed = await Promise.all([zk.close({ timeoutMs: Number(timeoutMs) }), zk.close()].map(codeOf))
const tookMs = Math.round(performance.now() - begin)
calls.push(codeOf(zk.exists('/')))
console.log(JSON.stringify({ closed, tookMs, calls: await Promise.all(calls), state: zk.state.state, trustedUntil: zk.trustedUntil() }))
