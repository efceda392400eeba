import type { Logger } from '@muster/common'

import type { Change } from './outbox.js'

/** One line for every write to a service: who, from where, what it was and what it is. */
export class AuditLog {
  constructor(private readonly logger: Logger) {}

  tell({ id, type, cause, actor, source, reason, before, after }: Change): void {
    const { uuid, type: of, host } = after ?? before ?? { uuid: null, type: null, host: null }
    this.logger.info({ audit: `service.${type}`, change: id, service: uuid, type: of, host, cause, actor, source, reason, before, after }, `service ${type}`)
  }
}
