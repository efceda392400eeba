import type { Op } from '@muster/coordination/internal'

export interface JoiningWorker {
  readonly group: string
  readonly name: string
  readonly type: string
  readonly hostname: string
  readonly pid: number
  readonly version?: string
}

/** What `join()` writes of a worker into its group: many of them on one session cost a fraction of as many processes. */
export function joinOp({ group, name, type, hostname, pid, version }: JoiningWorker): Op {
  const key = `${name}_${hostname}_${pid}_${pid.toString(16).padStart(8, '0')}`
  const row = { name, process: pid, hostname, created: '2019-02-10T11:07:15+00:00', type, region: null, zone: null, version: version ?? null, labels: {}, incarnation: 1, v: 1 }
  return { op: 'create', at: { collection: `members/${group}`, key }, data: Buffer.from(JSON.stringify(row)), ephemeral: true }
}
