// Tests webhooks of a store and prints what came of each: a process of its own, because Node reads the authorities it trusts at its start.
import { testWebhook } from '@muster/notifications'
import { openServiceGroup } from '@muster/servicegroup'

const [backend, ...ids] = process.argv.slice(2)
const group = await openServiceGroup(backend)
const lookup = (): Promise<{ address: string; family: number }[]> => Promise.resolve([{ address: '127.0.0.1', family: 4 }])
for (const id of ids) console.log(JSON.stringify(await testWebhook(group, id, { allow: ['127.0.0.1'], lookup })))
await group.close()
