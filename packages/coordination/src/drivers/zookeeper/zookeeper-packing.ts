import { Decoder, encode } from '@msgpack/msgpack'
import { InvalidArgument } from '@muster/common'

import type { Form } from '../../contract.js'

const [bin8, bin16, bin32] = [0xc4, 0xc5, 0xc6]
const decoder = new Decoder()

/**
 * The data of a member as Python tooz reads it: the bytes in one msgpack bin (as a msgpack str they would break its readers), or
 * what they say as JSON, in msgpack's own types. @throws InvalidArgument
 */
export function pack(data: Uint8Array, form: Form = 'bytes'): Uint8Array {
  if (form === 'object') return packObject(data)
  const length = data.byteLength
  // By hand: an encoder made for each member would cost more than all the rest of its join.
  const header = length < 0x100 ? [bin8, length] : length < 0x1_0000 ? [bin16, length >> 8, length] : [bin32, length >> 24, length >> 16, length >> 8, length]
  const packed = Buffer.allocUnsafe(header.length + length)
  packed.set(header)
  packed.set(data, header.length)
  return packed
}

function packObject(data: Uint8Array): Uint8Array {
  try {
    return encode(JSON.parse(Buffer.from(data).toString('utf8')))
  } catch (cause) {
    throw new InvalidArgument('capabilities', 'Capabilities that other programs are to read as an object must be JSON and at most 100 deep', { cause })
  }
}

/**
 * The bytes that a member's program has given: those of a msgpack bin or str, any other msgpack value as JSON, and what is
 * no msgpack as it is. Not a copy where it need not be.
 */
export function unpack(node: Uint8Array): Uint8Array {
  if (node[0] === bin8 && node[1] === node.byteLength - 2) return node.subarray(2)
  if (node.byteLength === 0) return node
  try {
    const value = decoder.decode(new Uint8Array(node.buffer, node.byteOffset, node.byteLength)) // a bin in a Buffer would be a Buffer
    if (value instanceof Uint8Array) return value
    return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value, binAsText))
  } catch {
    return node
  }
}

const binAsText = (_name: string, value: unknown): unknown => (value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value)
