import { InvalidArgument, toAscii } from '@muster/common'

/** What a member says of itself: a JSON object, opaque to coordination. */
export type Capabilities = Readonly<Record<string, unknown>>

/** JSON in ASCII alone: one non-ASCII byte would break the lists of Python tooz workers. */
export function encodeCapabilities(capabilities: Capabilities): Uint8Array {
  const text = JSON.stringify(capabilities)
  if (typeof capabilities !== 'object' || Array.isArray(capabilities) || !text.startsWith('{')) {
    throw new InvalidArgument('capabilities', 'Capabilities must be a JSON object')
  }
  return Buffer.from(toAscii(text), 'ascii')
}

/** Undefined when the bytes are no JSON object: another program may have written anything. */
export function decodeCapabilities(data: Uint8Array): Capabilities | undefined {
  try {
    const value: unknown = JSON.parse(asBuffer(data).toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Capabilities) : undefined
  } catch {
    return undefined
  }
}

const asBuffer = (data: Uint8Array): Buffer => (Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength))
