import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { ServiceGroup } from '@muster/servicegroup'
import { eventually } from '@muster/testkit'

import { ask, connections } from '../http.js'
import type { Outcome } from '../outcome.js'
import { inTurn, quantile } from '../ratios.js'
import type { ScratchStore } from '../scratch-store.js'
import { startServer } from '../server-process.js'

const rounds = 7
const warmUpSeconds = 1
const roundSeconds = 2

/** `GET` of one service a second of the server's CPU, as a share of a bare route of express that answers with the same object, in turn. */
export async function measureOne(store: ScratchStore, group: ServiceGroup, uuids: readonly string[]): Promise<Outcome> {
  const uuid = uuids[Math.floor(uuids.length / 2)] ?? ''
  const path = `/v1/service/${uuid}`
  const file = join(store.folder, 'service.json')
  await writeFile(file, JSON.stringify((await group.getOne(uuid)).service))
  await using api = await startServer('api-server.js', [store.backend])
  await using bare = await startServer('services/bare-express.js', [file])
  await eventually(async () => {
    if ((await fetch(api.url + path)).status !== 200) throw new Error('not synced')
  })
  const [ours, theirs]: [number[], number[]] = [[], []]
  for (const server of [api, bare]) await ask(server, path, 200, warmUpSeconds)
  for (let round = 0; round < rounds; round += 1) {
    ours.push((await ask(api, path, 200, roundSeconds)).perCpuSecond)
    theirs.push((await ask(bare, path, 200, roundSeconds)).perCpuSecond)
  }
  return {
    what: `GET of one service of ${uuids.length.toLocaleString('en')}: CPU of the server / of a bare express route`,
    ...inTurn(theirs, ours), // the fewer requests a second of CPU, the more CPU for each
    bar: { atMost: 1.5 },
    here: `requests a second of the server's CPU: ${quantile(ours, 0.5).toFixed(0)} to ${quantile(theirs, 0.5).toFixed(0)}, ${connections} connections, ${rounds} rounds`,
  }
}
