import { serve } from '@muster/api'
import { createClient } from '@muster/client'
import { silentLogger } from '@muster/common'
import { openServiceGroup } from '@muster/servicegroup'
import type { Service, ServiceGroupApi, ServiceId } from '@muster/servicegroup'

/** One way by which an operator changes services. Each of its calls resolves when the change is done. */
export interface Way extends AsyncDisposable {
  disable(id: ServiceId, reason: string): Promise<unknown>
  enable(id: ServiceId): Promise<unknown>
  forceDown(id: ServiceId, isDown: boolean): Promise<unknown>
  /** Null ends it. */
  maintain(id: ServiceId, window: { readonly until: string; readonly note: string } | null): Promise<unknown>
  /** False when it was refused because workers live. */
  delete(id: ServiceId, options?: { readonly force?: boolean }): Promise<boolean>
  find(id: ServiceId): Promise<Service | undefined>
  isUp(id: ServiceId): Promise<boolean>
}

/** Opens a way on a backend. */
export type OpenWay = (backend: string) => Promise<Way>

const isInUse = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'service_in_use'

/** @throws what it is rejected with, except that workers live */
export async function unlessInUse(deleting: Promise<unknown>): Promise<boolean> {
  try {
    await deleting
    return true
  } catch (error) {
    if (isInUse(error)) return false
    throw error
  }
}

/** The servicegroup API as a way: straight on a backend or over HTTP. */
function through(group: ServiceGroupApi, close: () => Promise<void>): Way {
  const actor = { actor: 'operator' }
  return {
    disable: (id, reason) => group.update(id, { status: 'disabled', disabledReason: reason }, { ...actor, reason }),
    enable: (id) => group.update(id, { status: 'enabled' }, actor),
    forceDown: (id, forcedDown) => group.update(id, { forcedDown }, actor),
    maintain: (id, maintenance) => group.update(id, { maintenance }, { ...actor, ...(maintenance && { reason: maintenance.note }) }),
    delete: (id, { force } = {}) => unlessInUse(group.delete(id, { ...actor, force })),
    find: async (id) => (await group.getOne(id, { consistent: true })).service,
    isUp: (id) => group.isUp(id, { consistent: true }),
    [Symbol.asyncDispose]: close,
  }
}

export const library: OpenWay = async (backend) => {
  const group = await openServiceGroup(backend)
  return through(group, () => group.close())
}

/** The client of a server of its own. */
export const http: OpenWay = async (backend) => {
  const server = await serve({ backend, port: 0, database: 'none', logger: silentLogger })
  const client = createClient(server.url)
  return through(client, async () => {
    await client.close()
    await server.close()
  })
}
