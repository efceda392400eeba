// Changes services as fast as it can and says of each change, once it has resolved, under which reason it was made.
import { writeSync } from 'node:fs'

import { openServiceGroup } from '@muster/servicegroup'

import { answerCalls } from '../remote-calls.js'
import { seededRandom } from '../seeded-random.js'

const [backend = '', name = '', seed = '0', ...uuids] = process.argv.slice(2)
const random = seededRandom(Number(seed))
const group = await openServiceGroup(backend)

let number = 0

async function changeOnce(): Promise<void> {
  const reason = `${name}-${number++}`
  const patch = random.below(2) === 0 ? ({ status: 'disabled', disabledReason: reason } as const) : { maintenance: { note: reason, until: '9999-12-31T00:00:00Z' }, forcedDown: random.below(2) === 0 }
  await group.update(random.pick(uuids), patch, { actor: name, reason })
  writeSync(1, `${reason}\n`) // not lost with the process, as a buffer would be
}

const functions = {
  ready: () => group.groups(),
  /** Does not answer any more. */
  change: async () => {
    for (;;) await changeOnce()
  },
  /** Resolves when so many are acknowledged. */
  changeSome: async (count: number) => {
    for (let made = 0; made < count; made += 1) await changeOnce()
  },
}

export type AdminWriterFunctions = typeof functions

answerCalls(functions)
