import { sinkProgress, webhookSinkName } from '@muster/notifications'
import type { ChangeLog } from '@muster/notifications'
import type { WebhookProgress } from '@muster/servicegroup'

/** How far webhooks are, in the order of their ids. @throws BackendUnreachable */
export async function webhookProgress(log: ChangeLog, ids: readonly string[], signal: AbortSignal): Promise<WebhookProgress[]> {
  const { lastSeq } = await log.read({}, { limit: 1, signal })
  return Promise.all(ids.map(async (id) => {
    const { seq, retry } = await sinkProgress(log, webhookSinkName(id), signal)
    const nextAttemptAt = retry ? new Date(retry.at).toISOString() : null
    return { cursor: seq ?? null, lag: seq === undefined ? null : Math.max(0, lastSeq - seq), attempts: retry?.attempts ?? 0, nextAttemptAt, failure: retry?.failure ?? null }
  }))
}
