// The few requests of ZooKeeper's protocol that the tests of the servers themselves need, as bytes.

/** The first frame of a connection: asks for a new session. Its answer is a frame of 41 bytes. */
export function connectRequest(timeoutMs = 10_000): Buffer {
  const body = Buffer.alloc(45)
  body.writeInt32BE(timeoutMs, 12)
  body.writeInt32BE(16, 24) // the length of the password, all zeros
  return toFrame(body)
}

export const connectReplyLength = 41

/** Creates a persistent node, open to anyone, without data. */
export function createRequest(xid: number, path: string): Buffer {
  const acl = [int(1), int(31), text('world'), text('anyone')]
  return toFrame(Buffer.concat([int(xid), int(1), text(path), int(0), ...acl, int(0)]))
}

function toFrame(body: Buffer): Buffer {
  return Buffer.concat([int(body.length), body])
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function text(value: string): Buffer {
  return Buffer.concat([int(Buffer.byteLength(value)), Buffer.from(value)])
}
