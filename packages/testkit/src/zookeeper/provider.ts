import type { DockerProvider } from '../docker/engine.js'

/** What servers for tests are started with. Plain data: `npm test` looks once and hands it to its workers as JSON. */
export type Provider = JavaProvider | DockerProvider

export interface JavaProvider {
  readonly kind: 'java'
  /** Where it was found, for people. */
  readonly source: string
  /** Of ZooKeeper, as it says itself. */
  readonly version: string
  /** Absolute path of the `java` program. */
  readonly java: string
  readonly classpath: readonly string[]
}
