import { ContainerRuntime } from '../docker/container-runtime.js'
import type { DockerProvider } from '../docker/engine.js'
import { definitions, renderConfiguration } from './configuration.js'
import type { RabbitMqOptions } from './configuration.js'
import type { RabbitMqRuntime } from './programs-runtime.js'

const [port, securePort] = [5672, 5671]
const site = { listen: `0.0.0.0:${port}`, secureListen: `0.0.0.0:${securePort}`, definitions: '/tmp/definitions.json', certificates: { ca: '/tmp/ca.pem', server: '/tmp/server.pem' } }

/** A container of the official image. */
export async function createDockerRuntime({ image }: DockerProvider, options: RabbitMqOptions): Promise<RabbitMqRuntime> {
  const runtime = await ContainerRuntime.create({ image, ports: [port, securePort], signal: 'SIGTERM', endTimeoutMs: 30_000 })
  runtime.described.withCopyContentToContainer([
    { content: renderConfiguration(site, options), target: '/etc/rabbitmq/conf.d/90-test.conf', mode: 0o644 },
    { content: definitions, target: site.definitions, mode: 0o644 },
  ])
  if (options.tls) {
    const { ca, server } = site.certificates // the broker runs as a user of its own inside, so the key must be readable; it is good for one test
    runtime.described.withCopyFilesToContainer([{ source: options.tls.ca, target: ca, mode: 0o644 }, { source: options.tls.server, target: server, mode: 0o644 }])
  }
  const secureEndpoint = runtime.endpoints[1]
  return Object.assign(runtime, { control: (words: readonly string[]) => runtime.exec(['rabbitmqctl', ...words]), ...(options.tls && secureEndpoint !== undefined && { secureEndpoint }) })
}
