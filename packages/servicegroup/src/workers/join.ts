import { backendUrl, silentLogger } from '@muster/common'
import type { Capabilities } from '@muster/coordination'
import { GroupMembership } from '@muster/coordination'
import { makingGroup, openSession } from '@muster/coordination/internal'

import type { JoinOptions, Membership, ServiceGroupOptions } from '../service-group.js'
import { AuditLog } from '../services/audit-log.js'
import { Registration } from '../services/registration.js'
import { PublishedLag } from './published-lag.js'
import { leaveOnSignal, WorkerMembership } from './worker-membership.js'
import { describeWorker, toCapabilities } from './worker-record.js'

/** Joins with a session of its own, so that leaving never waits for another member's work. */
export async function joinOn(backend: string, options: JoinOptions, { logger = silentLogger }: ServiceGroupOptions): Promise<Membership> {
  const worker = describeWorker(options)
  const session = await openSession(backend, { logger })
  const lag = new PublishedLag()
  const registration = new Registration(session, worker, new AuditLog(logger))
  const capabilities = (incarnation: number): Capabilities => toCapabilities({ ...worker, incarnation, uuid: registration.uuid, ...lag.row }, session.characteristics)
  try {
    const membership = new GroupMembership(session, worker.group, worker.memberId, capabilities, { logger, companion: registration })
    await makingGroup(session, worker.group, () => membership.join(options.signal), options.signal)
    const joined = new WorkerMembership({ worker: { ...worker, memberId: membership.memberId }, session, membership, registration, lag })
    if (options.publishLag !== false && worker.process === process.pid) lag.start((signal) => membership.update(capabilities, signal))
    if (options.leaveOnSignal === true) leaveOnSignal(joined)
    return joined
  } catch (error) {
    await session.close().catch(() => undefined) // the first error is the one to tell
    throw error
  }
}

/**
 * Joins a group as a worker, at startup: `await join()`. Resolves when every list shows the worker, which then stays
 * listed until `leave()`, or until its process is gone or hangs for longer than the session timeout (10 s). After a lost
 * session it comes back by itself. Its service, the type on this host, is registered if it is not known. The worker's timers do not
 * keep its process alive.
 * @throws BackendUnreachable, NotAllowed, NotSupported or InvalidArgument when the backend cannot be used; TooLarge
 * beyond 64 KiB of description. @see Vitrage's coordination.Service, tooz join_group_create
 */
export function join({ backend = backendUrl(), logger, ...options }: JoinOptions & ServiceGroupOptions & { readonly backend?: string | undefined } = {}): Promise<Membership> {
  return joinOn(backend, options, { logger })
}
