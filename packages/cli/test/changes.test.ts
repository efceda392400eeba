import { existsSync } from 'node:fs'

import { describe, expect, test } from '@jest/globals'
import { LogHistory } from '@muster/notifications'
import { eventually } from '@muster/testkit'
import { Keeper, serveHistory } from '@muster/testkit/history'

import { Store } from './svc.js'

interface Scene {
  readonly store: Store
  readonly keeper: Keeper
  /** Of the history: beside the store. */
  readonly database: string
  /** A time at which both workers lived. */
  readonly then: string
}

/** Two workers come, one service is disabled, one worker leaves: eight changes and two. */
async function withHistory(use: (scene: Scene) => Promise<void>): Promise<void> {
  await using store = await Store.create()
  const database = `sqlite:${store.folder}/store/history.db`
  await using keeper = await Keeper.open(store.backend, database)
  const isUp = (host: string) => keeper.until(({ kind, after, ...change }) => kind === 'service.updated' && change.host === host && after !== null && 'state' in after && after.state === 'up')
  await keeper.group.join({ group: 'nova', name: 'nova-compute', hostname: 'host1', process: 4711 })
  await isUp('host1')
  const second = await keeper.group.join({ group: 'nova', name: 'nova-compute worker(0)', hostname: 'host2', process: 4712 })
  await isUp('host2')
  const then = await momentOfItsOwn()
  await keeper.group.update({ type: 'nova-compute', host: 'host1' }, { status: 'disabled', disabledReason: 'new disks' }, { actor: 'ann', reason: 'new disks' })
  await second.leave()
  await keeper.until(({ kind, host, after }) => kind === 'service.updated' && host === 'host2' && after !== null && 'state' in after && after.state === 'down')
  await use({ store, keeper, database, then })
}

/** A time at which nothing has happened and nothing will: changes are told by the millisecond. */
async function momentOfItsOwn(): Promise<string> {
  const pass = async (time: number): Promise<number> => {
    await eventually(() => expect(Date.now()).toBeGreaterThan(time))
    return Date.now()
  }
  const moment = await pass(Date.now())
  await pass(moment)
  return new Date(moment).toISOString()
}

const steady = (text: string): string => text.replace(/\d\d-\d\d \d\d:\d\d:\d\d/g, '11-28 00:00:00')

describe('svc changes', () => {
  test('tells what has happened, in order, who did it and why', () =>
    withHistory(async ({ store }) => {
      const { code, stdout, stderr } = await store.svc(['changes'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(steady(stdout)).toBe(`+-----+----------------+-----------------+--------------+-------+-------+-------+-----------+----------------------------------+
| Seq | At             | Change          | Type         | Host  | Cause | Actor | Reason    | What                             |
+-----+----------------+-----------------+--------------+-------+-------+-------+-----------+----------------------------------+
|   1 | 11-28 00:00:00 | service.created | nova-compute | host1 | join  |       |           | enabled, down                    |
|   2 | 11-28 00:00:00 | worker.joined   | nova-compute | host1 | join  |       |           | nova-compute, pid 4711           |
|   3 | 11-28 00:00:00 | service.updated | nova-compute | host1 | join  |       |           | state down -> up                 |
|   4 | 11-28 00:00:00 | service.created | nova-compute | host2 | join  |       |           | enabled, down                    |
|   5 | 11-28 00:00:00 | worker.joined   | nova-compute | host2 | join  |       |           | nova-compute worker(0), pid 4712 |
|   6 | 11-28 00:00:00 | service.updated | nova-compute | host2 | join  |       |           | state down -> up                 |
|   7 | 11-28 00:00:00 | service.updated | nova-compute | host1 | admin | ann   | new disks | status enabled -> disabled       |
|   8 | 11-28 00:00:00 | worker.left     | nova-compute | host2 | leave |       |           | nova-compute worker(0), pid 4712 |
|   9 | 11-28 00:00:00 | service.updated | nova-compute | host2 | leave |       |           | state up -> down                 |
+-----+----------------+-----------------+--------------+-------+-------+-------+-----------+----------------------------------+
`)
    }))

  test('are filtered, in every format, and told from a number or a time on; what is not listed is said', () =>
    withHistory(async ({ store, then }) => {
      const seqs = async (...words: string[]): Promise<{ seqs: string; stderr: string }> => {
        const { stdout, stderr } = await store.svc(['changes', '-f', 'value', '-c', 'Seq', ...words])
        return { seqs: stdout.split('\n').join(' ').trim(), stderr }
      }
      expect(await seqs('--host', 'host2', '--kind', 'service.updated', '--kind', 'worker.left')).toEqual({ seqs: '6 8 9', stderr: '' })
      expect(await seqs('--since', '7')).toEqual({ seqs: '8 9', stderr: '' })
      expect(await seqs('--since', then)).toEqual({ seqs: '7 8 9', stderr: '' })
      expect(await seqs('--since', '2', '--limit', '3')).toEqual({ seqs: '3 4 5', stderr: 'svc: 4 more: go on with --since 5\n' })
      expect(await seqs('--since', '1h', '--limit', '3')).toEqual({ seqs: '7 8 9', stderr: 'svc: 6 older ones are not listed: --limit 9 lists them too\n' })
      expect(await seqs('--type', 'nosuch')).toEqual({ seqs: '', stderr: 'svc: no changes; the last of all is 9\n' })
      expect((await store.svc(['changes', '--type', 'nosuch', '--fail-empty'])).code).toBe(5)
      const { stdout } = await store.svc(['changes', '-f', 'json', '--kind', 'service.updated', '--since', '6', '--limit', '1'])
      expect(JSON.parse(stdout)).toEqual([{ Seq: 7, At: expect.stringMatching(/^\d{4}-.*Z$/), Change: 'service.updated', Type: 'nova-compute', Host: 'host1', Cause: 'admin', Actor: 'ann', Reason: 'new disks', What: 'status enabled -> disabled' }])
      const { stdout: csv } = await store.svc(['changes', '-f', 'csv', '-c', 'seq', '-c', 'what', '--since', '8'])
      expect(csv).toBe('"Seq","What"\n9,"state up -> down"\n')
    }))

  test('are the same over HTTP', () =>
    withHistory(async ({ store, database }) => {
      const history = await LogHistory.open(database)
      await using server = await serveHistory(history)
      for (const words of [['changes', '-f', 'yaml'], ['changes', '--since', '3', '--limit', '2', '--host', 'host2'], ['diff', '-f', 'json'], ['at', '0', '--services', '-f', 'json']]) {
        const [direct, overHttp] = [await store.svc([...words, '--database', database]), await store.svc(words, { SVC_ENDPOINT: server.url })]
        expect(overHttp.code).toBe(0)
        expect(overHttp.stdout).toBe(direct.stdout)
      }
      expect(server.requests.length).toBeGreaterThanOrEqual(4)
      await history.close()
    }))

  test('with -w tells each change as it happens, as a line of JSON or of text, until INT', () =>
    withHistory(async ({ store, keeper }) => {
      await using asJson = store.start(['changes', '-w', '-f', 'json', '--type', 'scheduler'])
      await using asText = store.start(['changes', '-w', '--since', '8'])
      await asJson.line(/watching the changes after 9/, { from: 'stderr' })
      await asText.line(/^ +9 {2}[\d:]{8} {2}nova-compute@host2 +state up -> down \(leave\)$/)
      await keeper.group.join({ group: 'nova', name: 'scheduler', hostname: 'host3', process: 4713 })
      const [json] = await asJson.line(/^\{.*"kind":"worker.joined".*\}$/)
      expect(JSON.parse(json)).toMatchObject({ seq: 11, kind: 'worker.joined', host: 'host3', after: { name: 'scheduler' } })
      await asText.line(/^ +11 {2}[\d:]{8} {2}scheduler@host3 +worker joined: scheduler, pid 4713 \(join\)$/)
      for (const watch of [asJson, asText]) {
        watch.signal('SIGINT')
        expect((await watch.exited).code).toBe(130)
      }
    }))

  test('of a time whose changes are no longer kept says so', () =>
    withHistory(async ({ store, keeper, database }) => {
      await keeper[Symbol.asyncDispose]()
      await using forgetful = await Keeper.open(store.backend, database, { keepChanges: 2 })
      await forgetful.group.update({ type: 'nova-compute', host: 'host1' }, { status: 'enabled' }, { actor: 'bob' })
      await forgetful.until(({ actor }) => actor === 'bob')
      const { stdout, stderr } = await store.svc(['changes', '--since', '1', '-f', 'value', '-c', 'seq'])
      const first = Number(stdout.split('\n')[0])
      expect(first).toBeGreaterThan(2)
      expect(stderr).toBe(`svc: the changes 2 to ${first - 1} are no longer kept\n`)
      await using watch = store.start(['changes', '-w', '--since', '1'])
      await watch.line(new RegExp(`^ +${first - 1} .*${first - 2} changes are missing`))
      expect((await store.svc(['at', '2020-01-01T00:00:00Z'])).code).toBe(3)
    }))
})

test('svc at lists the workers and the services as they were', () =>
  withHistory(async ({ store, then }) => {
    const { stdout, stderr, code } = await store.svc(['at', then, '-f', 'value', '-c', 'Name', '-c', 'Process Id', '-c', 'Hostname'])
    expect({ stdout, code }).toEqual({ code: 0, stdout: 'nova-compute 4711 host1\nnova-compute worker(0) 4712 host2\n' })
    expect(stderr).toBe(`svc: 2 workers at ${then}, after change 6\n`)
    const services = async (time: string): Promise<string> => (await store.svc(['at', time, '--services', '-f', 'value', '-c', 'Host', '-c', 'Status', '-c', 'State'])).stdout
    expect(await services(then)).toBe('host1 enabled up\nhost2 enabled up\n')
    expect(await services('0s')).toBe('host1 disabled up\nhost2 enabled down\n')
    expect((await store.svc(['at', '2099-01-01T00:00:00Z'])).code).toBe(64)
    expect((await store.svc(['at'])).code).toBe(64)
  }))

test('svc diff tells what is another way, and who did it last; without any, nothing', () =>
  withHistory(async ({ store, then }) => {
    const { stdout, code } = await store.svc(['diff', '--since', then])
    expect(code).toBe(0)
    expect(steady(stdout)).toBe(`+---+---------+--------------+-------+----------------------------------+-------+-------+-----------+----------------+
|   | Of      | Type         | Host  | What                             | Cause | Actor | Reason    | At             |
+---+---------+--------------+-------+----------------------------------+-------+-------+-----------+----------------+
| ~ | service | nova-compute | host1 | status enabled -> disabled       | admin | ann   | new disks | 11-28 00:00:00 |
| - | worker  | nova-compute | host2 | nova-compute worker(0), pid 4712 | leave |       |           | 11-28 00:00:00 |
| ~ | service | nova-compute | host2 | state up -> down                 | leave |       |           | 11-28 00:00:00 |
+---+---------+--------------+-------+----------------------------------+-------+-------+-----------+----------------+
`)
    const { stdout: json } = await store.svc(['diff', '--since', then, '-f', 'json', '-c', 'change', '-c', 'of'])
    expect(JSON.parse(json)).toEqual([{ Change: 'changed', Of: 'service' }, { Change: 'removed', Of: 'worker' }, { Change: 'changed', Of: 'service' }])
    const none = await store.svc(['diff', '--since', '0s', '--fail-empty'])
    expect([none.code, none.stderr]).toEqual([5, expect.stringContaining('nothing is another way')])
  }))

describe('where nobody keeps a history', () => {
  test('it is empty, and nothing is made by reading it', async () => {
    await using store = await Store.create()
    const { code, stdout, stderr } = await store.svc(['changes'])
    expect([code, stdout]).toEqual([0, '\n'])
    expect(stderr).toBe(`svc: nobody keeps a history in ${store.folder}/store/history.db yet; svc serve does\nsvc: no changes\n`)
    expect((await store.svc(['changes', '--fail-empty'])).code).toBe(5)
    expect((await store.svc(['at', '1h'])).code).toBe(3)
    expect((await store.svc(['diff'])).code).toBe(3)
    expect(existsSync(`${store.folder}/store`)).toBe(false)
  })

  test('a watch waits until somebody does', async () => {
    await using store = await Store.create()
    await using watch = store.start(['changes', '-w', '-f', 'json'])
    await watch.line(/watching/, { from: 'stderr' })
    await using keeper = await Keeper.open(store.backend, `sqlite:${store.folder}/store/history.db`)
    await keeper.group.join({ group: 'g', name: 'api', hostname: 'h1' })
    await watch.line(/"seq":1,.*"kind":"service.created"/)
  })

  test('no place, two places or a wrong one end with what to do, without a password', async () => {
    await using store = await Store.create()
    const none = await store.svc(['changes'], { SVC_DATABASE: 'none' })
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('SVC_DATABASE')])
    expect((await store.svc(['changes', '--database', 'sqlite:x', '--endpoint', 'http://127.0.0.1:1'])).code).toBe(64)
    expect((await store.svc(['diff', '--endpoint', 'http://127.0.0.1:1'])).code).toBe(69)
    const wrong = await store.svc(['changes', '--database', 'postgresql://ann:secret@127.0.0.1:1/muster'])
    expect(wrong.code).not.toBe(0)
    expect(wrong.stderr).toContain('svc: --database has a password')
    expect(wrong.stderr).not.toContain('secret')
    const { stdout } = await store.svc(['config', 'show', '-f', 'json'], { SVC_DATABASE: 'postgresql://ann:secret@db/muster' })
    expect(JSON.parse(stdout)).toContainEqual({ Setting: 'database', Value: 'postgresql://ann:***@db/muster' })
  })
})
