import type { DockerProvider } from '../docker/engine.js'
import type { SystemUser } from '../tied-process.js'

/** What servers for tests are started with. Plain data: `npm test` looks once and hands it to its workers as JSON. */
export type Provider = ProgramsProvider | DockerProvider

export interface ProgramsProvider {
  readonly kind: 'programs'
  /** Where they were found, for people. */
  readonly source: string
  /** The folder of `initdb` and `postgres`. */
  readonly folder: string
  /** As whom they run: they refuse root. */
  readonly user?: SystemUser
}
