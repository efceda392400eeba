import type { Op, Session } from '@muster/coordination/internal'
import { encodeGate, encodeRecord, gateAddress, newRecord, noGate, recordAddress } from '@muster/servicegroup/internal'

const created = '2019-02-10T11:07:15+00:00'
/** With each come its record, its gate and its worker. */
const servicesPerCommit = 30

/** Ten to a host, in eight zones of two regions, every tenth of them disabled; each with a live worker of this session. Resolves to their uuids. */
export async function seedServices(session: Session, count: number): Promise<string[]> {
  await session.commit([{ op: 'create', at: { collection: 'groups', key: 'fleet' }, data: new Uint8Array() }])
  const uuids: string[] = []
  const ops = Array.from({ length: count }, (_, index) => seedOne(index, uuids))
  for (let begin = 0; begin < count; begin += servicesPerCommit) await session.commit(ops.slice(begin, begin + servicesPerCommit).flat())
  return uuids
}

function seedOne(index: number, uuids: string[]): Op[] {
  const uuid = crypto.randomUUID()
  const [type, hostname] = [`nova-type-${index % 10}`, `host-${Math.floor(index / 10)}`]
  const [zone, region] = [`zone-${index % 8}`, `region-${index % 2}`]
  const record = { ...newRecord(uuid, { type, host: hostname, region, zone }), ...(index % 10 === 0 && ({ status: 'disabled', disabledReason: 'disk' } as const)) }
  const worker = { name: type, hostname, process: index + 1, created, type, region, zone, version: null, labels: { rack: `r${index % 40}` }, incarnation: 1, uuid, v: 1 }
  uuids.push(uuid)
  return [
    { op: 'create', at: recordAddress(uuid), data: encodeRecord({ record, changeIds: [], decisions: {}, others: {} }) },
    { op: 'create', at: gateAddress(type, hostname), data: encodeGate({ ...noGate, uuid }) },
    { op: 'create', at: { collection: 'members/fleet', key: `m-${index}` }, data: Buffer.from(JSON.stringify(worker)), ephemeral: true },
  ]
}
