import { backendUrl, InvalidArgument } from '@muster/common'

import { defineCommand } from '../command.js'
import type { Io } from '../io.js'
import { targetOptions } from '../target.js'

export const command = defineCommand({
  name: 'serve',
  help: `Answers over HTTP: GET /v1/service is the list of workers.

  svc serve
  svc serve --port 9000 --backend embedded:/srv/muster`,
  options: {
    backend: { ...targetOptions.backend, describe: 'Backend to serve (SVC_BACKEND, else the embedded store)' },
    host: { type: 'string', requiresArg: true, describe: 'Address to listen on (SVC_HOST, else 127.0.0.1)' },
    port: { type: 'string', requiresArg: true, describe: 'Port to listen on, 0 for any that is free (SVC_PORT, else 8999)' },
  },
  run: serveUntilStopped,
})

interface ServeOptions {
  readonly backend?: string | undefined
  readonly host?: string | undefined
  readonly port?: string | undefined
}

async function serveUntilStopped(options: ServeOptions, io: Io): Promise<number> {
  const host = options.host ?? given(io.env.SVC_HOST)
  const port = readPort(options.port ?? given(io.env.SVC_PORT))
  const { serve } = await import('@muster/api')
  const server = await serve({ backend: options.backend ?? backendUrl(io.env), host, port }).catch(suggestPort)
  const stopped = firstStopSignal()
  await io.write(`listening on ${server.url}\n`)
  await stopped
  await server.close()
  return 0
}

const given = (value: string | undefined): string | undefined => (value === '' ? undefined : value)

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgument('port', `'${text}' is not a port`, { hint: 'Give a number from 0 to 65535; 0 takes any free port.' })
}

/** Says how to serve on another port when the port is taken. */
function suggestPort(error: unknown): never {
  const { cause } = error instanceof Error ? error : {}
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE' && 'port' in cause)) throw error
  const other = cause.port === 65_535 ? 65_534 : Number(cause.port) + 1
  throw new InvalidArgument('port', `Port ${Number(cause.port)} is in use. Try svc serve --port ${other} (or SVC_PORT=${other}).`, { cause })
}

/** Resolves at the first TERM or INT. The next one finds no listener any more and ends the process at once. */
function firstStopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGTERM', stop)
      process.off('SIGINT', stop)
      resolve()
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })
}
