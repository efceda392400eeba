import { ContainerRuntime } from '../docker/container-runtime.js'
import type { DockerProvider } from '../docker/engine.js'
import { accessRules, toArguments } from './options.js'
import type { PostgresqlOptions } from './options.js'
import type { PostgresqlRuntime } from './programs-runtime.js'

const [hba, key] = ['/tmp/hba.conf', '/tmp/server.pem']
// What is copied belongs to root; the server reads neither a key that others may read nor one of somebody else's.
const script = `for file in ${hba} ${key}; do if [ -f "$file.given" ]; then install -o postgres -m 600 "$file.given" "$file"; fi; done; exec docker-entrypoint.sh postgres "$@"`

/** A container of the official image. */
export async function createDockerRuntime({ image }: DockerProvider, options: PostgresqlOptions): Promise<PostgresqlRuntime> {
  const runtime = await ContainerRuntime.create({ image, ports: [5432], signal: 'SIGINT', endTimeoutMs: 20_000 })
  runtime.described
    .withEnvironment({ POSTGRES_HOST_AUTH_METHOD: 'trust', POSTGRES_INITDB_ARGS: '--no-sync --locale=C -E UTF8' })
    .withEntrypoint(['bash', '-c', script, 'bash'])
    .withCommand(toArguments(options, hba, key).map((word) => (word === 'unix_socket_directories=' ? 'unix_socket_directories=/var/run/postgresql' : word))) // its entry point talks over one
    .withCopyContentToContainer([{ content: accessRules(options), target: `${hba}.given`, mode: 0o600 }])
  if (options.tls) runtime.described.withCopyFilesToContainer([{ source: options.tls.server, target: `${key}.given`, mode: 0o600 }])
  return runtime
}
