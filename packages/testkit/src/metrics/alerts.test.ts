import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { serve } from '@muster/api'
import type { RunningServer } from '@muster/api'
import { silentLogger } from '@muster/common'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'

import { eventually } from '../eventually.js'
import { root } from '../packaging/npm.js'
import { temporaryFolder } from '../temporary-folder.js'
import { readBoard, readGuide, readRules } from './docker-files.js'
import { Expression } from './promql.js'
import { readSamples } from './samples.js'
import type { Sample } from './samples.js'

const [rules, board, guide] = await Promise.all([readRules(), readBoard(), readGuide()])

/** Prometheus itself adds these to what it reads. */
const ofTargets = ['job', 'instance']

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let server: RunningServer
let serviceGroup: ServiceGroup
/** What a real server tells when something of everything has happened. */
let samples: readonly Sample[]

async function scrape(): Promise<readonly Sample[]> {
  const told = readSamples(await (await fetch(`${server.url}/metrics`)).text())
  return told.map(({ name, labels, value }) => ({ name, labels: { ...labels, job: 'svc', instance: server.url }, value }))
}

beforeAll(async () => {
  folder = await temporaryFolder()
  const backend = `embedded:${folder.path}`
  server = await serve({ backend, port: 0, logger: silentLogger })
  serviceGroup = await openServiceGroup(backend)
  await (await fetch(`${server.url}/v1/service`)).text()
  await serviceGroup.join({ group: 'vitrage', name: 'api', hostname: 'h1' })
  await serviceGroup.addWebhook({ url: 'https://hooks.invalid/' })
  samples = await eventually(async () => {
    const told = await scrape()
    for (const metric of ['svc_services', 'svc_member_transitions_total', 'svc_http_request_duration_seconds_bucket', 'svc_sink_oldest_pending_seconds']) expect(told.map(({ name }) => name)).toContain(metric)
    return told
  })
})

afterAll(async () => {
  await serviceGroup.close()
  await server.close()
  await folder[Symbol.asyncDispose]()
})

/** What of an expression no server tells. */
function untold(expression: Expression): string[] {
  return expression.selectors().flatMap(({ metric, labels }) => {
    const series = samples.filter(({ name }) => name === metric)
    return series.length === 0 ? [metric] : labels.filter((label) => !series.some((sample) => label in sample.labels)).map((label) => `${metric}{${label}}`)
  })
}

/** As Grafana puts values in the place of variables. */
const filled = (expr: string): string => expr.replaceAll('$__rate_interval', '1m').replace(/\$\w+/g, '.*')

describe.each(rules.map((rule): [string, typeof rule] => [rule.alert, rule]))('docker/alerts.yaml, %s', (_, { alert, expr, for: duration, labels, annotations = {} }) => {
  test('names metrics and labels that a server tells', () => {
    expect(new Expression(expr).selectors().length).toBeGreaterThan(0)
    expect(untold(new Expression(expr))).toEqual([])
  })

  test('says what is wrong, for how long it must be, and how bad it is', () => {
    expect(duration).toMatch(/^\d+[sm]$/)
    expect(['warning', 'critical']).toContain(labels?.['severity'])
    for (const text of [annotations['summary'], annotations['description']]) expect(text?.length).toBeGreaterThan(20)
    const told = [...Object.values(annotations).join(' ').matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label)
    const known = [...ofTargets, ...new Expression(expr).selectors().flatMap(({ labels: named }) => named)]
    expect(told.filter((label) => !known.includes(label))).toEqual([])
    expect(guide).toContain(`| ${alert} |`)
  })

  test('is silent while all is well', () => {
    expect(new Expression(expr).evaluate(samples) ?? []).toEqual([])
  })
})

describe('an alert goes off', () => {
  const evaluate = (alert: string, told: readonly Sample[]): readonly Sample[] | undefined => new Expression(rules.find((rule) => rule.alert === alert)?.expr ?? '').evaluate(told)
  const changed = (metric: string, value: number): readonly Sample[] => samples.map((sample) => (sample.name === metric ? { ...sample, value } : sample))

  test('when lists are refused, when nothing is told, and when what is told is old', () => {
    expect(evaluate('SvcUnreadable', changed('svc_ready', 0))).toEqual([{ name: '', labels: { job: 'svc' }, value: 0 }])
    expect(evaluate('SvcNoServer', [])).toHaveLength(1)
    expect(evaluate('SvcViewStale', changed('svc_view_age_seconds', 31))).toMatchObject([{ value: 31 }])
    expect(evaluate('SvcViewStale', changed('svc_view_age_seconds', 29))).toEqual([])
  })

  test('when nobody keeps the history, when a sink is behind, and when connections are refused', () => {
    expect(evaluate('SvcHistoryNotKept', changed('svc_history_state', 0))).toEqual([{ name: '', labels: { job: 'svc' }, value: 0 }])
    expect(evaluate('SvcSinkBehind', changed('svc_sink_oldest_pending_seconds', 299))).toEqual([])
    expect(evaluate('SvcSinkBehind', changed('svc_sink_oldest_pending_seconds', 301))).toMatchObject([{ labels: { sink: expect.stringMatching(/^webhook\//) }, value: 301 }])
  })

  test('when a service is forced down, as a server tells it, and not when it is disabled', async () => {
    const goesOff = (value: readonly unknown[]): Promise<void> =>
      eventually(async () => {
        expect(evaluate('SvcServicesDown', await scrape())).toEqual(value)
      })
    const api = { type: 'api', host: 'h1' }
    await serviceGroup.update(api, { forcedDown: true })
    await goesOff([{ name: '', labels: { job: 'svc', type: 'api' }, value: 1 }])
    await serviceGroup.update(api, { status: 'disabled', disabledReason: 'disk' })
    await goesOff([])
  })

  test('over time as docker/alerts.test.yaml says, where promtool is there', () => {
    const { error, status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', join(root, 'docker/alerts.test.yaml')], { encoding: 'utf8', timeout: 30_000 })
    if (error && 'code' in error && error.code === 'ENOENT') {
      process.stderr.write('promtool is not there (Debian: prometheus): docker/alerts.test.yaml was not run\n')
      return
    }
    expect({ status, output: stdout + stderr }).toMatchObject({ status: 0, output: expect.stringContaining('SUCCESS') })
  })
})

describe('docker/grafana.json', () => {
  test.each(board.panels.map((panel): [string, typeof panel] => [panel.title, panel]))('%s: names metrics and labels that a server tells', (_, { targets }) => {
    expect(targets.length).toBeGreaterThan(0)
    for (const { expr, legendFormat } of targets) {
      expect(untold(new Expression(filled(expr)))).toEqual([])
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)
      const known = [...ofTargets, ...new Expression(filled(expr)).selectors().flatMap(({ labels }) => labels)]
      expect(shown.filter((label) => !known.includes(label))).toEqual([])
    }
  })

  test('has panels that are beside each other, and variables that a server has values for', () => {
    const places = board.panels.flatMap(({ gridPos: { x, y, w, h } }) => Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`))
    expect(new Set(places).size).toBe(places.length)
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length)
    for (const { query } of board.templating.list.filter(({ type }) => type === 'query')) {
      const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(query) ?? []
      expect(samples.some(({ name, labels }) => name === metric && label in labels)).toBe(true)
    }
    const names = board.templating.list.map(({ name }) => name)
    for (const [, name] of board.panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => [...expr.matchAll(/\$(?!__)(\w+)/g)]))) expect(names).toContain(name)
  })
})

test('an expression with an unknown metric, an unknown label or a mistake is found out', () => {
  expect(untold(new Expression('max by (rack) (svc_members{gruop="a"}) > svc_nothing'))).toEqual(['svc_members{gruop}', 'svc_members{rack}', 'svc_nothing'])
  expect(() => new Expression('max by (svc_members')).toThrow('no PromQL')
  expect(new Expression('rate(svc_members[1m]) > 1').evaluate(samples)).toBeUndefined()
})
