import { writeFile } from 'node:fs/promises'
import { constants } from 'node:os'

import { describe, expect, test } from '@jest/globals'
import { openProvisioning } from '@muster/provisioning'
import type { ClusterRow } from '@muster/provisioning'
import type { NodeProcess } from '@muster/testkit'
import { DatabaseSync } from '@photostructure/sqlite'

import { isAlive, Store } from './svc.js'

const launching = (total: number, ...more: string[]): string[] => ['cluster', 'run', 'sample', '--type', 'creating', '--step', 'Launching instances', '--total', String(total), ...more, '--']
const shell = (script: string): string[] => ['sh', '-c', script]

async function withCluster(use: (store: Store, row: () => Promise<ClusterRow>, database: string) => Promise<void>): Promise<void> {
  await using store = await Store.create()
  const database = `sqlite:${store.folder}/store/history.db`
  await using provisioning = await openProvisioning(database, { eraseEveryMs: 0 })
  await provisioning.createCluster({ name: 'sample' })
  await use(store, () => provisioning.store.cluster('sample', { withEvents: true }), database)
}

describe('svc cluster run', () => {
  test('reports a line of stdout per instance, hands the others on, and exits with 0 when all went well', () =>
    withCluster(async (store, row) => {
      const result = await store.svc([...launching(3), ...shell('echo begin; echo ok a; printf "ok \\"worker b\\"\\nhalf "; echo a line; echo aside >&2; printf "ok c"')])
      expect(result).toEqual({ code: 0, signal: null, stdout: 'begin\nhalf a line\n', stderr: expect.stringMatching(/^(aside\n)?svc: Launching instances completed 3 out of 3 in less than a second\n(aside\n)?$|seconds?\n/) })
      const { status, provision_progress: [step] } = await row()
      expect(status).toBe('Active')
      expect(step).toMatchObject({ step_name: 'Launching instances', step_type: 'creating', state: 'done', completed: 3, total: 3 })
      expect(step?.events?.map(({ instance_name: name }) => name).sort()).toEqual(['a', 'c', 'worker b'])
    }))

  test('a failure is kept with its reason and an id that is told on stderr; 1, and 0 once its last word is ok', () =>
    withCluster(async (store, row) => {
      const first = await store.svc([...launching(2), ...shell('echo ok a; echo "fail b no route to host"')])
      expect(first).toMatchObject({ code: 1, stdout: '' })
      const [, id] = /^svc: b failed: no route to host, error id ([0-9a-f-]{36})$/m.exec(first.stderr) ?? []
      const { status, status_description: why, provision_progress: [step] } = await row()
      expect({ status, why }).toEqual({ status: 'Error', why: `Creating cluster failed for the following reason(s): no route to host\nError ID: ${id}` })
      expect(step?.events?.[0]).toMatchObject({ instance_name: 'b', successful: false, error_id: id, event_info: `no route to host\nError ID: ${id}` })
      expect((await store.svc([...launching(2), ...shell('echo fail c; echo ok c; echo ok a')])).code).toBe(0)
      expect(await row()).toMatchObject({ status: 'Active', provision_progress: [{ failed: 1 }, { state: 'done', completed: 2 }] })
    }))

  test('an instance that is missing is 1, and so is one that cannot be reported; the others are', () =>
    withCluster(async (store, row) => {
      expect(await store.svc([...launching(3), ...shell('echo ok a; echo ok b')])).toMatchObject({ code: 1, stderr: 'svc: Launching instances: 2 out of 3; 1 missing\n' })
      const more = await store.svc([...launching(3), ...shell(`echo ok c; echo ok d; echo ok ${'x'.repeat(81)}`)])
      expect(more.code).toBe(1)
      expect(more.stderr).toContain('svc: Launching instances completed 3 out of 3')
      expect(more.stderr).toMatch(/^svc: not reported: .*x{81}/m)
      expect((await row()).provision_progress).toMatchObject([{ completed: 3 }])
    }))

  test('the command\'s own status goes before; a command that is not there begins no step', () =>
    withCluster(async (store, row) => {
      expect((await store.svc([...launching(1), ...shell('echo fail a; exit 7')])).code).toBe(7)
      expect((await store.svc([...launching(1), ...shell('echo ok a; kill -9 $$')])).code).toBe(128 + constants.signals.SIGKILL)
      const begun = (await row()).provision_progress.length
      expect((await store.svc([...launching(1), 'no-such-command'])).code).toBe(127)
      expect((await store.svc([...launching(1), store.folder])).code).toBe(126)
      expect((await row()).provision_progress).toHaveLength(begun)
    }))

  test('while another step of its type is open it is 6, and the command is not run', () =>
    withCluster(async (store) => {
      await store.svc([...launching(2), 'true'])
      const other = await store.svc(['cluster', 'run', 'sample', '--type', 'creating', '--step', 'Waiting for ssh', '--total', '1', '--', 'echo', 'it ran'])
      expect(other).toMatchObject({ code: 6, stdout: '' })
    }))

  test('10,000 lines at once are all counted, soon', () =>
    withCluster(async (store, row) => {
      const begun = performance.now()
      const result = await store.svc([...launching(10_000), process.execPath, '-e', 'for (let n = 0; n < 10000; n += 1) console.log(`ok worker-${n}`)'])
      expect(result.code).toBe(0)
      expect((await row()).provision_progress).toMatchObject([{ completed: 10_000, state: 'done' }])
      expect(performance.now() - begun).toBeLessThan(30_000)
    }), 60_000)

  test('TERM is passed on; what the command says at its end is reported, and what it leaves running keeps svc only a moment', () =>
    withCluster(async (store, row) => {
      await using svc = store.start([...launching(2), ...shell(`sleep 600 2>/dev/null & echo left $!; trap 'echo ok b; exit 9' TERM; echo ok a; while :; do sleep 0.1; done`)])
      const [, left = ''] = await svc.line(/^left (\d+)$/)
      try {
        svc.signal('SIGTERM')
        expect(await svc.exited).toEqual({ code: 9, signal: null })
        expect((await row()).provision_progress).toMatchObject([{ completed: 2, state: 'done' }])
        expect(isAlive(Number(left))).toBe(true)
      } finally {
        process.kill(Number(left))
      }
    }))
})

describe('svc cluster run while the database cannot be written to', () => {
  /** Runs `say` once nobody else can write; `meanwhile` is given the way to let others write again. */
  async function withLock(more: string[], total: number, say: string, meanwhile: (svc: NodeProcess, unlock: () => void, row: () => Promise<ClusterRow>) => Promise<void>): Promise<void> {
    await withCluster(async (store, row, database) => {
      const go = `${store.folder}/go`
      await using svc = store.start([...launching(total, ...more), ...shell(`echo begun; until [ -e '${go}' ]; do sleep 0.1; done; ${say}`)])
      await svc.line(/^begun$/)
      const other = new DatabaseSync(database.slice('sqlite:'.length))
      other.exec('BEGIN IMMEDIATE')
      try {
        await writeFile(go, '')
        await meanwhile(svc, () => other.exec('ROLLBACK'), row)
      } finally {
        other.close()
      }
    })
  }

  test('goes on trying, says so, and loses nothing when it can; the command goes on meanwhile', () =>
    withLock([], 700, 'for n in $(seq 400); do echo ok w-$n; done; echo half; for n in $(seq 401 700); do echo ok w-$n; done', async (svc, unlock, row) => {
      await svc.line(/^half$/)
      await svc.line(/^svc: cannot report, trying again: .*locked/, { from: 'stderr', timeoutMs: 30_000 })
      unlock()
      await svc.line(/^svc: reporting again$/, { from: 'stderr', timeoutMs: 30_000 })
      expect(await svc.exited).toEqual({ code: 0, signal: null })
      expect((await row()).provision_progress).toMatchObject([{ completed: 700, state: 'done' }])
    }), 60_000)

  test('says what was not reported when it has tried for long enough, and exits with 1', () =>
    withLock(['--retry-for', '0s'], 2, 'echo ok a; echo fail b no route to host', async (svc, unlock) => {
      expect(await svc.exited).toEqual({ code: 1, signal: null })
      unlock()
      expect(svc.stderr).toMatch(/^svc: not reported: a, b$/m)
      expect(svc.stderr).toMatch(/^svc: Launching instances: 0 out of 2; 2 missing$/m)
    }), 60_000)

  test('a signal ends the trying once the command has ended', () =>
    withLock([], 1, 'echo ok a', async (svc) => {
      await svc.line(/^svc: cannot report, trying again/, { from: 'stderr', timeoutMs: 30_000 })
      svc.signal('SIGTERM')
      expect(await svc.exited).toEqual({ code: 143, signal: null })
      expect(svc.stderr).toMatch(/^svc: not reported: a$/m)
    }), 60_000)
})
