import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'

import { Wait, getContainerRuntimeClient } from 'testcontainers'

import type { DockerProvider } from '../docker/engine.js'
import { LocalContainer } from '../docker/local-container.js'
import { stablePort } from '../stable-port.js'
import { temporaryFolder } from '../temporary-folder.js'
import { within } from '../within.js'
import { accessRules, toArguments } from './options.js'
import type { PostgresqlOptions } from './options.js'
import type { PostgresqlRuntime } from './programs-runtime.js'

const insidePort = 5432
const endTimeoutMs = 20_000
const [hba, key] = ['/tmp/hba.conf', '/tmp/server.pem']
// What is copied belongs to root; the server reads neither a key that others may read nor one of somebody else's.
const script = `for file in ${hba} ${key}; do if [ -f "$file.given" ]; then install -o postgres -m 600 "$file.given" "$file"; fi; done; exec docker-entrypoint.sh postgres "$@"`

/** A container of the official image; its port is published on 127.0.0.1 of the engine's host. */
export async function createDockerRuntime(provider: DockerProvider, options: PostgresqlOptions): Promise<PostgresqlRuntime> {
  const engine = await getContainerRuntimeClient()
  const host = engine.info.containerRuntime.host === 'localhost' ? '127.0.0.1' : engine.info.containerRuntime.host
  const port = await stablePort()
  const folder = await temporaryFolder()
  const logFile = join(folder.path, 'server.log')
  const logs = createWriteStream(logFile, { flags: 'a' })
  let container: ReturnType<typeof engine.container.getById> | undefined

  const described = new LocalContainer(provider.image, host === '127.0.0.1')
    .withExposedPorts({ container: insidePort, host: port })
    .withEnvironment({ POSTGRES_HOST_AUTH_METHOD: 'trust', POSTGRES_INITDB_ARGS: '--no-sync --locale=C -E UTF8' })
    .withEntrypoint(['bash', '-c', script, 'bash'])
    .withCommand(toArguments(options, hba, key).map((word) => (word === 'unix_socket_directories=' ? 'unix_socket_directories=/var/run/postgresql' : word))) // its entry point talks over one
    .withCopyContentToContainer([{ content: accessRules(options), target: `${hba}.given`, mode: 0o600 }])
    .withWaitStrategy(Wait.forLogMessage(/./)) // that it serves is waited for by the handle
  if (options.tls) described.withCopyFilesToContainer([{ source: options.tls.server, target: `${key}.given`, mode: 0o600 }])

  const isRunning = async (): Promise<boolean> => container !== undefined && (await container.inspect()).State.Running
  return {
    endpoint: `${host}:${port}`,
    logFile,
    isRunning,
    launch: async () => {
      const since = Math.floor(Date.now() / 1000)
      if (container) await container.start()
      else container = engine.container.getById((await described.start()).getId())
      const output = await engine.container.logs(container, { since, follow: true, stdout: true, stderr: true })
      output.pipe(logs, { end: false })
    },
    end: async (how) => {
      if (container === undefined || !(await isRunning())) return
      const gone: Promise<unknown> = container.wait()
      if ((await container.inspect()).State.Paused) await container.unpause()
      await container.kill({ signal: how === 'at once' ? 'SIGKILL' : 'SIGINT' })
      await within(gone, endTimeoutMs, `the end of the container of ${host}:${port}`)
    },
    suspend: async () => {
      await container?.pause()
    }, // all its processes: each connection has one
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
