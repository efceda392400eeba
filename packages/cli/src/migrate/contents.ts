import type { ServiceCopy } from '@muster/servicegroup'

/** Something in a source that cannot be carried over. */
export interface Unusable {
  readonly type: string | null
  readonly host: string | null
  readonly uuid: string | null
  readonly reason: string
}

/** What a source has at one moment. */
export interface Contents {
  readonly services: readonly ServiceCopy[]
  readonly unusable: readonly Unusable[]
  /** Of a backend: its identity, empty while nothing was ever written to it. */
  readonly storeId?: string
}

/** From where services are carried over. */
export interface Source {
  read(signal?: AbortSignal): Promise<Contents>
  /** What there is besides, and why it stays behind: a sentence for each. */
  tellLeft(): Promise<readonly string[]>
}

/** `1 worker`, `2 workers`. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`
