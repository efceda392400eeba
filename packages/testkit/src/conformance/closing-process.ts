// Uses everything a session offers, closes it and then has nothing left to do: if it does not end, something stayed.
import { openSession } from '@muster/coordination/internal'

import { append, create, createEphemeral, nonce } from './ops.js'

const [url = ''] = process.argv.slice(2)
const session = await openSession(url)
await session.commit([create('groups', 'g')])
await session.commit([createEphemeral('members/g', 'm'), append('locks/l', nonce())])
const ends = [
  (async () => {
    for await (const batch of session.watch('members/g')) if (batch.reset) await session.count('members/g')
  })(),
  (async () => {
    for await (const { state } of session.states()) if (state === 'closed') return
  })(),
  ...(await session.list('members/g')).entries.map((entry) => session.gone(entry)),
]
const settled = Promise.allSettled(ends)
await session.close()
await settled
