import { describe, expect, test } from '@jest/globals'
import type { ClusterRow, EventRow, StepRow } from '@muster/provisioning'

import { draw } from './drawing.js'
import { Pace } from './pace.js'

const begun = Date.parse('2026-11-28T12:00:00Z')
const at = (seconds: number): string => new Date(begun + seconds * 1000).toISOString()

const stepRow = (id: string, more: Partial<StepRow>): StepRow => ({
  id, cluster_id: 'c', tenant_id: 'default', step_name: id, step_type: 'creating', completed: 0, failed: 0, total: 1000, successful: null, state: 'running', summary: '',
  created_at: at(0), started_at: at(0), completed_at: null, duration_ms: null, updated_at: at(0), ...more,
})
const over = (seconds: number): Partial<StepRow> => ({ completed_at: at(seconds), duration_ms: seconds * 1000 })
const eventRow = (instance: string, info: string): EventRow => ({
  id: instance, cluster_id: 'c', step_id: 's', provision_step_id: 's', provisioning_step_id: 's', node_group_id: null, instance_id: null, instance_name: instance, successful: false,
  event_info: `${info}\nError ID: 00000000-0000-4000-8000-000000000000\nError: ${info}\n    at work`, error_id: '00000000-0000-4000-8000-000000000000', created_at: at(1), updated_at: null,
})

const launching = stepRow('Launching instances', { completed: 1000, successful: true, state: 'done', ...over(242) })
const waiting = stepRow('Waiting for ssh', { completed: 300, failed: 12, successful: false, state: 'failed' })
const cluster: ClusterRow = {
  id: 'c', tenant_id: 'default', name: 'sample', description: '', plugin_name: 'muster', status: 'Spawning', status_description: '', created_at: at(0), updated_at: at(0),
  provision_progress: [launching, waiting], provisioning_progress: [], pending_steps: [{ step_name: 'Installing', step_type: 'creating' }],
}
const failures = new Map([['Waiting for ssh', { asOf: '', events: [eventRow('worker-0007', 'no route to host'), eventRow('worker-東京', '接続が拒否されました: the console says that cloud-init has not finished')] }]])
const picture = { cluster, failures, pace: new Pace(), mostFailures: 10, now: begun + 104_000 }
const terminal = (columns: number, env = {}) => ({ columns, env: { LANG: 'C.UTF-8', ...env } })
const bare = (lines: readonly string[]): string => lines.map((line) => line.replace(/\u001b\[\d+m/g, '')).join('\n')

describe('a cluster on a terminal', () => {
  test('of 80 columns has all of it, long texts on two lines', async () => {
    expect(bare(await draw(picture, terminal(80)))).toBe(`sample  ◐ Spawning  1 of 3 steps done

✓ Launching instances  ━━━━━━━━━  1,000 of 1,000                     in 4m 2s
✗ Waiting for ssh      ━━╍──────    300 of 1,000  12 failed   3.0/s  3m 49s left
    ✗ worker-0007  no route to host
                   00000000-0000-4000-8000-000000000000
    ✗ worker-東京  接続が拒否されました: the console says that cloud-init has
                   not finished
                   00000000-0000-4000-8000-000000000000
      and 10 more: --failures 12 shows all
· Installing           ─────────         pending`)
  })

  test('that is wide has a failure a line and wider bars', async () => {
    const lines = bare(await draw({ ...picture, note: '12:01:44' }, terminal(200))).split('\n')
    expect(lines[0]).toBe('sample  ◐ Spawning  1 of 3 steps done, 12:01:44')
    expect(lines[3]).toBe(`✗ Waiting for ssh      ${'━'.repeat(15)}╍${'─'.repeat(34)}    300 of 1,000  12 failed   3.0/s  3m 49s left`)
    expect(lines[5]).toBe('    ✗ worker-東京  接続が拒否されました: the console says that cloud-init has not finished  00000000-0000-4000-8000-000000000000')
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(200)
  })

  test('without colours and glyphs has signs of its own', async () => {
    const lines = await draw(picture, terminal(80, { NO_COLOR: '1' }))
    expect(lines.join('\n')).not.toContain('\u001b')
    expect(lines[3]).toBe('x Waiting for ssh      ##x------    300 of 1,000  12 failed   3.0/s  3m 49s left')
  })

  test('is never wider than the terminal, down to 50 columns', async () => {
    const { default: stringWidth } = await import('string-width')
    const long = { ...cluster, name: 'n'.repeat(20), provision_progress: [{ ...waiting, step_name: 'Configuring 安装软件包 on every node of the cluster, with its keytabs' }] }
    const many = new Map([[waiting.id, { asOf: '', events: [eventRow('worker-0019.rack-3.eu-west-1.compute.internal.example.com', `it broke ${'again and '.repeat(30)}again`)] }]])
    for (let columns = 50; columns <= 220; columns += 7) {
      for (const line of await draw({ ...picture, cluster: long, failures: many }, terminal(columns))) expect(stringWidth(line)).toBeLessThanOrEqual(columns)
    }
  })

  test('says of what types its steps are where there are several', async () => {
    const scaled = { ...cluster, status: 'Scaling' as const, provision_progress: [launching, stepRow('Adding instances', { step_type: 'scaling', total: 5 })], pending_steps: [] }
    const lines = bare(await draw({ ...picture, cluster: scaled, failures: new Map() }, terminal(80))).split('\n')
    expect(lines.slice(1).map((line) => line.split('  ')[0])).toEqual(['', 'creating', '✓ Launching instances', '', 'scaling', '● Adding instances'])
  })

  test('tells of silence instead of a pace, and that nothing has begun', async () => {
    const silent = { ...cluster, provision_progress: [stepRow('Waiting for ssh', { state: 'incomplete', completed: 5 })], pending_steps: [] }
    expect(bare(await draw({ ...picture, cluster: silent, failures: new Map(), now: begun + 720_000 }, terminal(80)))).toMatch(/! Waiting for ssh .* 5 of 1,000 .*no report for 12m$/)
    const empty = { ...cluster, status: 'Validating' as const, provision_progress: [], pending_steps: [] }
    expect(bare(await draw({ ...picture, cluster: empty, failures: new Map() }, terminal(80)))).toBe('sample  ◐ Validating  no step has begun')
  })
})

test('the pace is that of late, once it was watched for two seconds', () => {
  const pace = new Pace()
  const steps = (completed: number): StepRow[] => [{ ...waiting, completed, failed: 0 }]
  const of = (completed: number): number | undefined => pace.perSecond(steps(completed)[0] ?? waiting, 100_000)
  expect(of(500)).toBe(5)
  pace.see(steps(500), 0)
  expect(of(500)).toBe(5)
  pace.see(steps(540), 4000)
  expect(of(540)).toBe(10)
  pace.see(steps(540), 40_000)
  pace.see(steps(540), 50_000)
  expect(of(540)).toBe(0)
})
