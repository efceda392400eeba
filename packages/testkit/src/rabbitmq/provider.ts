import type { DockerProvider } from '../docker/engine.js'

/** What brokers for tests are started with. Plain data: `npm test` looks once and hands it to its workers as JSON. */
export type Provider = ProgramsProvider | DockerProvider

export interface ProgramsProvider {
  readonly kind: 'programs'
  /** Where they were found, for people. */
  readonly source: string
  /** The folder of `rabbitmq-server` and `rabbitmqctl`: those that become the program, not those that first become another user. */
  readonly folder: string
  /** Erlang's directory of nodes. */
  readonly epmd: string
}
