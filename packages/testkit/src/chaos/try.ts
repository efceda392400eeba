import fc from 'fast-check'
import { check } from './check.js'
import { embeddedTheatre } from './embedded-theatre.js'
import { ensembleTheatre, zookeeperTheatre } from './zookeeper-theatre.js'
import { describe } from './plan.js'
import { play } from './play.js'
import { Troupe } from './troupe.js'

const [which = 'embedded', seed = '1', runs = '3'] = process.argv.slice(2)
await using theatre = which === 'embedded' ? embeddedTheatre : which === 'zookeeper' ? await zookeeperTheatre() : await ensembleTheatre()
await using troupe = new Troupe()
for (const plan of fc.sample(theatre.plans, { seed: Number(seed), numRuns: Number(runs) })) {
  const begun = performance.now()
  const history = await play(theatre, troupe, plan)
  const wrong = check(history)
  console.log(plan.clients, 'clients', plan.steps.length, 'steps', Math.round(performance.now() - begun), 'ms', history.events.length, 'events', history.claims.length, 'claims', wrong.length, 'wrong')
  if (wrong.length > 0) {
    for (const { afterMs, client, act } of plan.steps) console.log(`  +${afterMs} client ${client % plan.clients + 1} ${describe(act)}`)
    for (const line of wrong.slice(0, 20)) console.log('   ', line)
    const t0 = history.events[0]?.at ?? 0
    const toText = (value: unknown): string => JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))
    if (process.env['ALL']) for (const { at, by, ...rest } of history.events) console.log((at - t0).toFixed(0).padStart(6), by, toText({ ...rest, ...('from' in rest && { from: Math.round(rest.from - t0) }), ...('asked' in rest && { asked: Math.round(rest.asked - t0) }) }))
    if (process.env['ALL']) for (const { from, until, by, of } of history.claims) console.log((from - t0).toFixed(0).padStart(6), (until - t0).toFixed(0).padStart(6), by, toText(of))
  }
}
