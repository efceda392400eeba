import { messageOf, silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'

/** Whether a cluster can be told at the moment, as who follows it and the client of a server say. */
export class ConnectionNews {
  /** Called with why it cannot; undefined when it can again. */
  listener: (lost: string | undefined) => void = () => {}

  /** For a client, which goes on by itself. */
  get logger(): Logger {
    return { ...silentLogger, warn: (fields, message) => this.listener('err' in fields ? messageOf(fields.err) : message), info: () => this.listener(undefined) }
  }
}
