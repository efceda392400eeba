import { createHash } from 'node:crypto'

import type { Reader, Writer } from './codec.js'
import { stock } from './stock.js'

/** Who may do what with a node: `permissions` is a sum of `Permission`s. @see ZooKeeper programmer's guide, "ACL permissions" */
export interface Acl {
  readonly permissions: number
  readonly scheme: string
  readonly id: string
}

/** READ, WRITE, CREATE, DELETE, ADMIN and their sum ALL. */
export const Permission = Object.freeze(stock.Permission)

/** Everybody may do everything: ZooKeeper's own default. */
export const openAcl: readonly Acl[] = Object.freeze(stock.ACL.OPEN_ACL_UNSAFE.map(({ permission, id }) => Object.freeze({ permissions: permission, scheme: id.scheme, id: id.id })))

/** Everything for this user alone; what kazoo and tooz write for `user:password@` in a URL. */
export function digestAcl(user: string, password: string): readonly Acl[] {
  const hash = createHash('sha1').update(`${user}:${password}`).digest('base64')
  return [{ permissions: Permission.ALL, scheme: 'digest', id: `${user}:${hash}` }]
}

export function writeAcl(writer: Writer, acl: readonly Acl[]): void {
  writer.int(acl.length)
  for (const { permissions, scheme, id } of acl) {
    writer.int(permissions)
    writer.text(scheme)
    writer.text(id)
  }
}

export function readAcl(reader: Reader): Acl[] {
  const acl: Acl[] = []
  for (let left = reader.int(); left > 0; left -= 1) acl.push({ permissions: reader.int(), scheme: reader.text(), id: reader.text() })
  return acl
}
