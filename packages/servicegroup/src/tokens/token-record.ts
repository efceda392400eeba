import type { Address, Entry } from '@muster/coordination/internal'

import { decodeObject, encodeObject } from '../services/service-record.js'
import { roles } from './token.js'
import type { Role, Token } from './token.js'

export const tokenCollection = 'tokens'

export const tokenAddress = (id: string): Address => ({ collection: tokenCollection, key: id })

/** A token as it is stored. */
export interface StoredToken {
  readonly token: Token
  /** SHA-256 of its text, in hex. */
  readonly hash: string
}

export const encodeToken = ({ token, hash }: StoredToken): Uint8Array => encodeObject({ ...token, hash })

const isRole = (value: unknown): value is Role => roles.some((role) => role === value)
const isTime = (value: unknown): value is string => typeof value === 'string' && !Number.isNaN(Date.parse(value))

/** Undefined for what is no token, or one whose end or role cannot be read: nobody is let in by it. */
export function decodeToken({ key, data }: Pick<Entry, 'key' | 'data'>): StoredToken | undefined {
  const { id, name, role, hash, createdAt, expiresAt, createdBy, source } = decodeObject(data) ?? {}
  if (id !== key || typeof name !== 'string' || !isRole(role) || typeof hash !== 'string' || !/^[\da-f]{64}$/.test(hash)) return undefined
  if (!isTime(createdAt) || !(expiresAt === null || isTime(expiresAt)) || typeof createdBy !== 'string') return undefined
  return { token: { id: key, name, role, createdAt, expiresAt, createdBy, source: typeof source === 'string' ? source : null }, hash }
}
