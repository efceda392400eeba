// Commits numbered pairs of entries as fast as it can and says of each, once its commit has resolved, that it is stored.
import { writeSync } from 'node:fs'

import { openSession } from '@muster/coordination/internal'

import { answerCalls } from '../remote-calls.js'

const [backend = '', collection = '', name = ''] = process.argv.slice(2)
const session = await openSession(backend)

async function writeForEver(): Promise<never> {
  const data = new TextEncoder().encode(name.padEnd(200, '.'))
  for (let number = 0; ; number++) {
    await session.commit([
      { op: 'create', at: { collection, key: `${name}-${number}-first` }, data },
      { op: 'create', at: { collection, key: `${name}-${number}-second` }, data },
    ])
    writeSync(1, `${number}\n`) // not lost with the process, as a buffer would be
  }
}

const functions = {
  /** Makes the entry that must go with the process. */
  ready: () => session.commit([{ op: 'create', at: { collection: 'election/alive', key: `${collection.slice('election/'.length)}-${name}` }, data: new Uint8Array(), ephemeral: true }]),
  /** Does not answer any more. */
  write: () => writeForEver(),
}

export type WriterFunctions = typeof functions

answerCalls(functions)
