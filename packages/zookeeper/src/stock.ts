import { createRequire } from 'node:module'

import { NotSupported } from '@muster/common'

/** The one version whose internals this package knows; package.json pins it. */
const version = '1.1.3'

interface StockRecord {
  byteLength(): number
  serialize(buffer: Buffer, offset: number): number
  deserialize(buffer: Buffer, offset: number): number
}
type RecordClass = new (...values: unknown[]) => StockRecord & Record<string, unknown>

interface StockRecords {
  readonly protocol: Readonly<Record<'ConnectRequest' | 'ConnectResponse' | 'AuthPacket' | 'SetWatches' | 'GetACLRequest' | 'GetACLResponse' | 'SetACLRequest' | 'WatcherEvent', RecordClass>>
  readonly data: Readonly<Record<'ACL' | 'Id', RecordClass>>
}

interface StockPublic {
  readonly ACL: { readonly OPEN_ACL_UNSAFE: readonly { readonly permission: number; readonly id: { readonly scheme: string; readonly id: string } }[] }
  readonly Permission: Readonly<Record<'READ' | 'WRITE' | 'CREATE' | 'DELETE' | 'ADMIN' | 'ALL', number>>
  readonly CreateMode: Readonly<Record<'PERSISTENT' | 'EPHEMERAL' | 'PERSISTENT_SEQUENTIAL' | 'EPHEMERAL_SEQUENTIAL', number>>
  readonly Event: Readonly<Record<'NODE_CREATED' | 'NODE_DELETED' | 'NODE_DATA_CHANGED' | 'NODE_CHILDREN_CHANGED', number>>
}

const require = createRequire(import.meta.url)

/** @throws NotSupported, which says what is missing, unless node-zookeeper-client is the version that this package was written for. */
function load(): { records: StockRecords; stock: StockPublic; validatePath: (path: string) => void } {
  const found = (require('node-zookeeper-client/package.json') as { version: string }).version
  if (found !== version) throw mismatch(`version ${found}`)
  const records = require('node-zookeeper-client/lib/jute') as StockRecords
  const constants = ['ACL', 'Permission', 'CreateMode', 'Event'].map((name) => [name, require(`node-zookeeper-client/lib/${name}.js`) as unknown]) // its main file loads its whole connection layer
  const stock = Object.fromEntries(constants) as unknown as StockPublic
  const { validate } = require('node-zookeeper-client/lib/Path.js') as { validate: (path: string) => void }
  for (const name of ['ConnectRequest', 'ConnectResponse', 'AuthPacket', 'SetWatches', 'GetACLRequest', 'GetACLResponse', 'SetACLRequest', 'WatcherEvent'] as const) {
    if (typeof records.protocol[name] !== 'function') throw mismatch(`no record ${name}`)
  }
  if (new records.protocol.ConnectRequest(0, Buffer.alloc(8), 0, Buffer.alloc(8), Buffer.alloc(16)).byteLength() !== 44) throw mismatch('another ConnectRequest')
  return { records, stock, validatePath: validate }
}

const mismatch = (what: string): NotSupported =>
  new NotSupported(`@muster/zookeeper needs node-zookeeper-client ${version} and found ${what}`, { hint: `npm install node-zookeeper-client@${version}` })

export const { records, stock, validatePath } = load()

/** One record as bytes. */
export function toBytes(record: StockRecord): Buffer {
  const bytes = Buffer.alloc(record.byteLength())
  record.serialize(bytes, 0)
  return bytes
}
