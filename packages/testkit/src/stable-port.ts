import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'

/**
 * A free TCP port of 127.0.0.1 that the system gives to nobody by itself, so that it is still free when its server has been
 * down for a while. A port of the ephemeral range is not: it can become the source port of any connection, even of a client
 * that tries to reach that very server, which then talks to itself.
 */
export async function stablePort(): Promise<number> {
  const lowest = 10_000
  const end = await ephemeralStart()
  for (let tries = 0; tries < 100; tries++) {
    const port = lowest + Math.floor(Math.random() * (end - lowest))
    if (await isFree(port)) return port
  }
  throw new Error(`No free port between ${lowest} and ${end} in 100 tries`)
}

async function ephemeralStart(): Promise<number> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '')
  const start = Number(/^\d+/.exec(range)?.[0] ?? 32_768)
  return start > 12_000 ? start : 32_768
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
