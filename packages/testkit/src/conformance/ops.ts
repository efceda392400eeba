import type { Address, Entry, Op } from '@muster/coordination/internal'

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const text = (entry: Entry | undefined): string | undefined => (entry === undefined ? undefined : new TextDecoder().decode(entry.data))
export const at = (collection: string, key: string): Address => ({ collection, key })

export const create = (collection: string, key: string, data = ''): Op => ({ op: 'create', at: at(collection, key), data: bytes(data) })
export const createEphemeral = (collection: string, key: string, data = ''): Op => ({ op: 'create', at: at(collection, key), data: bytes(data), ephemeral: true })
export const append = (collection: string, nonce: string, data = ''): Op => ({ op: 'append', collection, nonce, data: bytes(data) })
const versioned = (version: string | undefined): { version?: string } => (version === undefined ? {} : { version })
export const put = (collection: string, key: string, data = '', version?: string): Op => ({ op: 'put', at: at(collection, key), data: bytes(data), ...versioned(version) })
export const remove = (collection: string, key: string, version?: string): Op => ({ op: 'delete', at: at(collection, key), ...versioned(version) })
export const check = (collection: string, key: string, version?: string): Op => ({ op: 'check', at: at(collection, key), ...versioned(version) })
export const replace = (entry: Entry, data = ''): Op => ({ op: 'replace', entry, data: bytes(data) })

/** A nonce as locks and elections write it: 32 hex digits. */
export const nonce = (): string => crypto.randomUUID().replaceAll('-', '')
