import type { Server } from 'node:http'
import { BlockList, isIP } from 'node:net'

import { InvalidArgument, NotAllowed } from '@muster/common'

const loopback = new BlockList() // knows every spelling of an IPv6 address, and those that mean an IPv4 one
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** True for an address or a name that means this machine alone. */
export function isLoopback(host: string): boolean {
  switch (isIP(host)) {
    case 4:
      return host.startsWith('127.') // each request asks: the list takes a tenth of a warm one
    case 6:
      return loopback.check(host, 'ipv6')
    default:
      return host.toLowerCase() === 'localhost'
  }
}

/** @throws NotAllowed for a host that others could reach while there is no token to tell them apart */
export function mustHaveTokens(host: string, tokens: readonly unknown[]): void {
  if (isLoopback(host) || tokens.length > 0) return
  throw new NotAllowed(`Refusing to listen on '${host}': it is not a loopback address, and the backend has no tokens`, {
    hint: 'Make one first: svc token create --role admin. Or listen on 127.0.0.1, ::1 or localhost.',
  })
}

/** Resolves when the server listens, to where. @throws InvalidArgument, NotAllowed */
export async function listen(server: Server, host: string, port: number): Promise<{ url: string; port: number }> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgument('port', `${port} is not a port`, { hint: 'Give a number from 0 to 65535; 0 takes any free port.' })
  }
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(translate(error, host, port))
    server.once('error', fail)
    server.listen({ host, port }, () => {
      server.off('error', fail)
      resolve()
    })
  })
  const address = server.address()
  const actual = typeof address === 'object' && address !== null ? address.port : port
  return { url: `${'setSecureContext' in server ? 'https' : 'http'}://${isIP(host) === 6 ? `[${host}]` : host}:${actual}`, port: actual }
}

function translate(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (cause.code) {
    case 'EADDRINUSE':
      return new InvalidArgument('port', `Port ${port} is in use`, { hint: 'Choose another port, or 0 for any that is free.', cause })
    case 'EACCES':
      return new NotAllowed(`Port ${port} may not be opened by this user`, { hint: 'Choose a port above 1023.', cause })
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'ENOTFOUND':
      return new InvalidArgument('host', `'${host}' is not an address of this machine`, { hint: 'Listen on 127.0.0.1.', cause })
    default:
      return cause
  }
}
