import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { createSecureContext } from 'node:tls'
import type { SecureContextOptions, TlsOptions } from 'node:tls'

import { InvalidArgument, messageOf } from '@muster/common'

/** PEM files by which a server speaks https. */
export interface TlsFiles {
  /** Its certificate, with those between it and the authority behind it. */
  readonly certFile: string
  /** Default: the key is in the file of the certificate. */
  readonly keyFile?: string | undefined
  /** The authority that must have signed the certificate that each client then has to show. Default: clients need none. */
  readonly clientCaFile?: string | undefined
}

/** Somebody who begins a handshake and does not go on keeps a socket for no longer than this. */
const handshakeTimeout = 10_000

/** What a server listens with. */
export interface ReadTls extends SecureContextOptions {
  readonly ca?: string
  readonly requestCert: boolean
}

/** Reads the files, and sees whether they can be used. @throws InvalidArgument */
export async function readTls({ certFile, keyFile = certFile, clientCaFile }: TlsFiles): Promise<ReadTls> {
  const read: ReadTls = {
    cert: await readPem(certFile),
    key: await readPem(keyFile),
    ...(clientCaFile !== undefined && { ca: await readPem(clientCaFile) }),
    minVersion: 'TLSv1.2',
    requestCert: clientCaFile !== undefined,
  }
  try {
    createSecureContext(read)
    if (read.ca !== undefined) new X509Certificate(read.ca) // a file without one would only refuse everybody
  } catch (cause) {
    const files = [certFile, keyFile, clientCaFile].filter((file, index, all) => file !== undefined && all.indexOf(file) === index)
    throw new InvalidArgument('tls', `These certificates cannot be used, ${files.join(', ')}: ${messageOf(cause)}`, { cause, hint: 'They must be PEM files, and the key that of the certificate.' })
  }
  return read
}

export const tlsServerOptions = (read: ReadTls): TlsOptions => ({ ...read, rejectUnauthorized: read.requestCert, handshakeTimeout })

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new InvalidArgument('tls', `Cannot read ${file}: ${messageOf(cause)}`, { cause })
  }
}

/** True for a request that came over TLS to this very server. */
export const isEncrypted = ({ socket }: Pick<IncomingMessage, 'socket'>): boolean => 'encrypted' in socket
