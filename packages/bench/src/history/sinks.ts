import { Endpoint, eventually } from '@muster/testkit'

import { now } from '../at-pace.js'
import type { Outcome } from '../outcome.js'
import { inTurn, quantile } from '../ratios.js'
import { openSickSinks } from './sick-sinks.js'
import { openSinkScene } from './sink-scene.js'
import type { SinkScene } from './sink-scene.js'
import { changesPerSecond } from './writer.js'

const runs = 10
const changesOfRun = 600
/** More than a server keeps in memory for those who watch, 10,000, so that this does not count as growth. */
const warmUpChanges = 11_000

/** A system that is told, or is not. */
interface Sickness {
  readonly what: string
  readonly scene: SinkScene
  /** Of a webhook, which is there in its runs alone. */
  readonly url?: string
}

/** What sinks that take nothing cost those who change services, the server, and a sink beside them. */
export async function measureSinks(): Promise<Outcome[]> {
  await using sick = await openSickSinks()
  const scenes: SinkScene[] = []
  const open = async (rabbitmq?: string): Promise<SinkScene> => {
    const scene = await openSinkScene(rabbitmq)
    scenes.push(scene)
    return scene
  }
  try {
    const plain = await open()
    const all: Sickness[] = Object.entries(sick.webhooks).map(([what, url]) => ({ what, scene: plain, url }))
    for (const [what, url] of Object.entries(sick.brokers)) all.push({ what, scene: await open(url) })
    for (const scene of scenes) await scene.change(warmUpChanges)
    const before = await memoryOf(scenes)
    const [healthy, ...times] = await inTurns([{ what: 'no sinks', scene: plain }, ...all])
    const grown = (await memoryOf(scenes)).map((mb, index) => mb / (before[index] ?? NaN))
    const what = `update at ${changesPerSecond}/s`
    return [
      ...all.map(({ what: sickness }, index) => compare(`${what}, p99: beside ${sickness} / without sinks`, times[index] ?? [], healthy ?? [])),
      { what: `${what}: memory of the servers after / before, the most`, value: Math.max(...grown), spread: [Math.min(...grown), Math.max(...grown)], bar: { atMost: 1.2 }, here: `before: ${before.map((mb) => `${mb.toFixed(0)} MB`).join(', ')}` },
      await measureNeighbour(all),
    ]
  } finally {
    for (const scene of scenes) await scene[Symbol.asyncDispose]()
  }
}

const memoryOf = (scenes: readonly SinkScene[]): Promise<number[]> => Promise.all(scenes.map(({ server }) => server.memory()))

/** p99 of each run, ms: one run of each after another, again and again. */
async function inTurns(all: readonly Sickness[]): Promise<number[][]> {
  const times = all.map((): number[] => [])
  for (let run = 0; run < runs; run += 1) {
    for (const [index, { scene, url }] of all.entries()) {
      const webhook = url === undefined ? undefined : await scene.group.addWebhook({ url })
      times[index]?.push(quantile(await scene.change(changesOfRun), 0.99))
      if (webhook) await scene.group.deleteWebhook(webhook.id)
    }
  }
  return times
}

function compare(what: string, ours: readonly number[], without: readonly number[]): Outcome {
  return { what, ...inTurn(ours, without), bar: { atMost: 1.2 }, here: `median p99 ${[ours, without].map((values) => `${quantile(values, 0.5).toFixed(1)} ms`).join(' to ')}, ${runs} runs of ${changesOfRun} changes each` }
}

/** Whether a webhook that takes everything gets it while all the others take nothing. */
async function measureNeighbour(all: readonly Sickness[]): Promise<Outcome> {
  await using endpoint = await Endpoint.open()
  let [expected, missing] = [0, 0]
  for (const { scene, url } of all) {
    const webhooks = [...(url === undefined ? [] : [await scene.group.addWebhook({ url })]), await scene.group.addWebhook({ url: endpoint.url })]
    await firstNotification(scene, endpoint)
    const begunAt = now()
    await scene.change(changesOfRun)
    const come = (): number => new Set(endpoint.received.filter(({ body: { data } }) => Number(data['reason']) >= begunAt).map(({ body: { data } }) => data['message_id'])).size
    await eventually(() => {
      if (come() < changesOfRun) throw new Error(`${come()} of ${changesOfRun} notifications`)
    }, { timeoutMs: 60_000, everyMs: 50 }).catch((error: unknown) => process.stderr.write(`${String(error)}\n`)) // what is missing is told as missed
    expected += changesOfRun
    missing += changesOfRun - come()
    for (const { id } of webhooks) await scene.group.deleteWebhook(id)
  }
  return { what: 'a healthy webhook beside each of these: notifications that it lacks', value: missing, spread: [missing, missing], unit: '', bar: { atMost: 0 }, here: `${(expected - missing).toLocaleString('en')} of ${expected.toLocaleString('en')} have come` }
}

/** A new webhook is told of what comes after the server has seen it. Resolves when it is told. */
async function firstNotification(scene: SinkScene, endpoint: Endpoint): Promise<void> {
  await eventually(async () => {
    const { length } = endpoint.received
    await scene.change(1)
    await eventually(() => {
      if (endpoint.received.length === length) throw new Error('not told yet')
    }, { timeoutMs: 1000 })
  }, { timeoutMs: 30_000 })
}
