import { InvalidArgument } from '@muster/common'

import { defineCommand } from '../command.js'
import { settingOption, settle } from '../config/settle.js'
import type { Io } from '../io.js'

export const command = defineCommand({
  name: 'serve',
  help: `Answers over HTTP: GET /v1/service is the list of workers.

  svc serve
  svc serve --port 9000 --backend embedded:/srv/muster`,
  options: {
    backend: settingOption('backend', 'Backend to serve'),
    host: settingOption('host', 'Address to listen on'),
    port: settingOption('port', 'Port to listen on, 0 for any that is free'),
    'max-connections': settingOption('max-connections', 'How many connections to keep at most'),
  },
  run: serveUntilStopped,
})

interface ServeOptions {
  readonly backend?: string | undefined
  readonly host?: string | undefined
  readonly port?: string | undefined
  readonly 'max-connections'?: string | undefined
}

async function serveUntilStopped(options: ServeOptions, io: Io): Promise<number> {
  const [backend, host] = [settle('backend', options.backend, io).value, settle('host', options.host, io).value]
  const port = readPort(settle('port', options.port, io).value)
  const maxConnections = Number(settle('max-connections', options['max-connections'], io).value)
  const { createLogger, serve } = await import('@muster/api')
  const server = await serve({ backend, host, port, maxConnections, logger: createLogger(io.env) }).catch(suggestPort)
  const stopped = firstStopSignal()
  await io.write(`listening on ${server.url}\n`)
  await stopped
  await server.close()
  return 0
}

function readPort(text: string): number {
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
