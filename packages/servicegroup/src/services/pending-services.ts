import type { Service, ServiceChange } from './service.js'

/** What somebody has yet to be told, one change for each service: what differs between then and now. */
export class PendingServices {
  readonly #changes = new Map<string, { readonly before: Service | undefined; readonly after: Service | undefined }>()

  add(change: ServiceChange): void {
    const after = change.type === 'deleted' ? undefined : change.service
    const before = change.type === 'created' ? undefined : change.before
    const uuid = (after ?? before)?.uuid ?? ''
    const pending = this.#changes.get(uuid)
    this.#changes.delete(uuid) // what happened last is told last
    this.#changes.set(uuid, { before: pending ? pending.before : before, after })
  }

  /** All of them; none are pending then. */
  take(): ServiceChange[] {
    const changes = [...this.#changes.values()].flatMap(({ before, after }): ServiceChange[] => {
      if (before && after) return [{ type: 'updated', service: after, before }]
      if (after) return [{ type: 'created', service: after }]
      return before ? [{ type: 'deleted', before }] : []
    })
    this.#changes.clear()
    return changes
  }
}
