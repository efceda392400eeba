import { InvalidArgument } from '@muster/common'
import type { Imported, ServiceGroup } from '@muster/servicegroup'

import type { Io } from '../io.js'
import { say } from '../io.js'
import { listPrinter } from '../output/list-printer.js'
import type { OutputArguments } from '../output/options.js'
import { cancelledStatus, openQuestion } from '../question.js'
import { untilStopped } from '../stop-signals.js'
import { withServiceGroup } from '../target.js'
import { withoutSecrets } from '../without-secrets.js'
import { rowColumns } from './columns.js'
import type { Contents, Source } from './contents.js'
import { counted } from './contents.js'
import { isNova } from './nova-url.js'
import { withSource } from './open-source.js'
import { findDifferences, makePlan, placeOf, rowOf } from './plan.js'
import type { Plan, Row } from './plan.js'
import { Progress } from './progress.js'

interface MigrateArguments extends OutputArguments {
  readonly from: string
  readonly to: string
  readonly 'dry-run'?: boolean | undefined
  readonly yes?: boolean | undefined
  readonly reason?: string | undefined
}

interface Migration {
  readonly source: Source
  readonly target: ServiceGroup
  readonly plan: Plan
  readonly args: MigrateArguments
  readonly io: Io
}

const longestSource = 255

/** `svc migrate`. Resolves with the exit status. @throws InvalidArgument when it cannot ask, or both are the same store */
export async function migrate(args: MigrateArguments, io: Io): Promise<number> {
  if (isNova(args.to)) throw new InvalidArgument('to', 'A Nova can be read, not written', { hint: 'Give the URL of a backend: --to zookeeper://zk1,zk2,zk3' })
  const print = listPrinter(rowColumns, args, io)
  const isDry = args['dry-run'] === true
  const ask = await openQuestion(!isDry && args.yes !== true, io)
  return withSource(args.from, io, (source) =>
    withServiceGroup(args.to, io, async (target) => {
      const [contents, there] = await Promise.all([source.read(), target.copyServices()])
      refuseSame(args, contents, there)
      const plan = makePlan(contents, there.services)
      const left = await source.tellLeft()
      if (plan.toCarry.length > 0 && !(await ask(`Carry ${counted(plan.toCarry.length, 'service')} over to ${withoutSecrets(args.to)}?`))) return cancelledStatus
      const migration: Migration = { source, target, plan, args, io }
      try {
        return isDry ? 0 : await untilStopped((signal) => carryOut(migration, signal))
      } finally {
        const rows = [...plan.rows.values()]
        await print(rows)
        say(io, `${isDry ? 'dry run, nothing was written: ' : ''}${summary(rows)}`)
        for (const what of left) say(io, `not carried over: ${what}`)
      }
    }),
  )
}

function refuseSame({ from, to }: MigrateArguments, { storeId }: Contents, there: { readonly storeId: string }): void {
  if (storeId === undefined || storeId === '' || storeId !== there.storeId || namespaceOf(from) !== namespaceOf(to)) return
  throw new InvalidArgument('to', '--from and --to are the same store', { hint: 'Give another folder, ensemble or path, or another namespace.' })
}

const namespaceOf = (url: string): string => new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('namespace') ?? 'tooz'

/** Resolves with the exit status. A stop is no failure: `untilStopped` has its status. */
async function carryOut(migration: Migration, signal: AbortSignal): Promise<number> {
  const { io, plan } = migration
  let [settled, isCarried] = [0, false]
  try {
    await carry(migration, signal, () => (settled += 1))
    isCarried = true
    return await verify(migration, signal)
  } catch (error) {
    const what = isCarried ? 'all is carried over, but not verified' : `${settled} of ${counted(plan.toCarry.length, 'service')} are settled and stay so`
    say(io, `${signal.aborted ? 'stopped' : 'broken off'}: ${what}; the same command goes on from there`)
    if (signal.aborted) return 1
    throw error
  }
}

async function carry({ target, plan, args, io }: Migration, signal: AbortSignal, onSettled: () => number): Promise<void> {
  const progress = new Progress(io, plan.toCarry.length)
  const onImported = (imported: Imported): void => {
    plan.rows.set(placeOf(imported.copy), rowOfImported(imported, plan))
    progress.tell(onSettled())
  }
  try {
    await target.importServices(plan.toCarry, { actor: io.env.SVC_ACTOR || 'migrate', source: withoutSecrets(args.from).slice(0, longestSource), reason: args.reason, signal, onImported })
  } finally {
    progress.end()
  }
}

function rowOfImported(imported: Imported, { rows }: Plan): Row {
  const { copy, outcome } = imported
  if (outcome === 'failed') return rowOf(copy, copy.uuid ?? null, outcome, imported.error.message)
  const planned = rows.get(placeOf(copy))
  return planned?.outcome === 'to update' && outcome === 'updated' ? { ...planned, outcome } : rowOf(copy, imported.uuid, outcome, '')
}

/** Reads both sides anew: 0 when the target has all that the source has, else 1. */
async function verify({ source, target, plan, io }: Migration, signal: AbortSignal): Promise<number> {
  const [contents, there] = await Promise.all([source.read(signal), target.copyServices({ signal })])
  const differences = findDifferences(contents, there.services)
  for (const [place, row] of differences) if (plan.rows.get(place)?.outcome !== 'failed') plan.rows.set(place, row)
  const missing = differences.size + contents.unusable.length
  say(io, missing === 0 ? `verified: the target has ${counted(contents.services.length, 'service')} as the source has ${contents.services.length === 1 ? 'it' : 'them'}` : `not verified: ${counted(missing, 'service')} of the source ${missing === 1 ? 'is' : 'are'} not in the target, or not the same`)
  return missing === 0 ? 0 : 1
}

/** `3 services: 2 created, 1 same`. */
function summary(rows: readonly Row[]): string {
  const counts = new Map<string, number>()
  for (const { outcome } of rows) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  const parts = [...counts].map(([outcome, count]) => `${count} ${outcome}`)
  return rows.length === 0 ? 'the source has no services' : `${counted(rows.length, 'service')}: ${parts.join(', ')}`
}
