import type { Request } from 'express'

import { isEncrypted } from './tls.js'

/** The address that the client used; without a Host header (HTTP/1.0) the one that it reached. */
export function baseUrl({ headers, socket }: Pick<Request, 'headers' | 'socket'>): string {
  const { localAddress = '127.0.0.1', localPort = 80 } = socket
  return `${isEncrypted({ socket }) ? 'https' : 'http'}://${headers.host ?? (localAddress.includes(':') ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`)}`
}
