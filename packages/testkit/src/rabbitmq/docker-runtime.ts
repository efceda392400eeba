import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'

import { Wait, getContainerRuntimeClient } from 'testcontainers'

import type { DockerProvider } from '../docker/engine.js'
import { LocalContainer } from '../docker/local-container.js'
import { stablePort } from '../stable-port.js'
import { temporaryFolder } from '../temporary-folder.js'
import { within } from '../within.js'
import { definitions, renderConfiguration } from './configuration.js'
import type { RabbitMqOptions } from './configuration.js'
import type { RabbitMqRuntime } from './programs-runtime.js'

const [insidePort, insideSecurePort] = [5672, 5671]
const endTimeoutMs = 30_000
const site = { listen: `0.0.0.0:${insidePort}`, secureListen: `0.0.0.0:${insideSecurePort}`, definitions: '/tmp/definitions.json', certificates: { ca: '/tmp/ca.pem', server: '/tmp/server.pem' } }

/** A container of the official image; its ports are published on 127.0.0.1 of the engine's host. */
export async function createDockerRuntime(provider: DockerProvider, options: RabbitMqOptions): Promise<RabbitMqRuntime> {
  const engine = await getContainerRuntimeClient()
  const host = engine.info.containerRuntime.host === 'localhost' ? '127.0.0.1' : engine.info.containerRuntime.host
  const [port, securePort] = [await stablePort(), await stablePort()]
  const folder = await temporaryFolder()
  const logFile = join(folder.path, 'server.log')
  const logs = createWriteStream(logFile, { flags: 'a' })
  let container: ReturnType<typeof engine.container.getById> | undefined

  const described = new LocalContainer(provider.image, host === '127.0.0.1')
    .withExposedPorts({ container: insidePort, host: port }, { container: insideSecurePort, host: securePort })
    .withCopyContentToContainer([
      { content: renderConfiguration(site, options), target: '/etc/rabbitmq/conf.d/90-test.conf', mode: 0o644 },
      { content: definitions, target: site.definitions, mode: 0o644 },
    ])
    .withWaitStrategy(Wait.forLogMessage(/./)) // that it serves is waited for by the handle
  if (options.tls) {
    const { ca, server } = site.certificates // the broker runs as a user of its own inside, so the key must be readable; it is good for one test
    described.withCopyFilesToContainer([{ source: options.tls.ca, target: ca, mode: 0o644 }, { source: options.tls.server, target: server, mode: 0o644 }])
  }

  const isRunning = async (): Promise<boolean> => container !== undefined && (await container.inspect()).State.Running
  return {
    endpoint: `${host}:${port}`,
    ...(options.tls && { secureEndpoint: `${host}:${securePort}` }),
    logFile,
    isRunning,
    launch: async () => {
      const since = Math.floor(Date.now() / 1000)
      if (container) await container.start()
      else container = engine.container.getById((await described.start()).getId())
      const output = await engine.container.logs(container, { since, follow: true, stdout: true, stderr: true })
      output.pipe(logs, { end: false })
    },
    control: async (words) => {
      if (!container) throw new Error(`The RabbitMQ of ${host}:${port} does not run`)
      const { exitCode, output } = await engine.container.exec(container, ['rabbitmqctl', ...words])
      if (exitCode !== 0) throw new Error(output)
    },
    end: async (how) => {
      if (container === undefined || !(await isRunning())) return
      const gone: Promise<unknown> = container.wait()
      if ((await container.inspect()).State.Paused) await container.unpause()
      await container.kill({ signal: how === 'at once' ? 'SIGKILL' : 'SIGTERM' })
      await within(gone, endTimeoutMs, `the end of the container of ${host}:${port}`)
    },
    suspend: async () => {
      await container?.pause()
    },
    resume: async () => {
      await container?.unpause()
    },
    dispose: async () => {
      try {
        await container?.remove({ force: true, v: true })
      } finally {
        logs.end()
        await once(logs, 'close')
        await folder[Symbol.asyncDispose]()
      }
    },
  }
}
