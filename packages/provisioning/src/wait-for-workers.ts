import { createHash } from 'node:crypto'

import { Bell, OperationTimedOut } from '@muster/common'

import type { StepRow } from './rows.js'
import type { Instance, StepHandle } from './step-handle.js'
import type { NewStep } from './store.js'
import { inWords } from './summary.js'

/** Who is there: the live view of a service group is one. */
export interface WorkersView {
  readonly synced: boolean
  workers(): readonly { readonly group: string; readonly name: string; readonly hostname: string | null; readonly memberId: string }[]
  onChange(listener: () => void): () => void
}

export interface WaitForWorkers extends Omit<NewStep, 'name'> {
  /** Default `Waiting for workers`. */
  readonly name?: string | undefined
  readonly view: WorkersView
  /** Where they join. */
  readonly group: string
  /** How long they have for it, ms. */
  readonly deadlineMs: number
  readonly signal?: AbortSignal | undefined
}

const renewEveryMs = 60_000
const longestName = 80

/** Reports each worker as it joins. @throws OperationTimedOut, after the step has failed, when the deadline is over */
export async function waitForWorkers(step: StepHandle, { name = 'Waiting for workers', view, group, total, deadlineMs, signal = new AbortController().signal }: WaitForWorkers): Promise<StepRow | null> {
  const bell = new Bell({ keepsAlive: true })
  const stopListening = view.onChange(() => bell.ring())
  const until = performance.now() + deadlineMs
  const joined = new Set<string>()
  try {
    for (;;) {
      bell.hear()
      const row = await reportNew(step, view, group, joined)
      signal.throwIfAborted()
      if (row?.state === 'done' || joined.size >= total) return row
      const left = until - performance.now()
      if (left <= 0) break
      if (!(await bell.wait(Math.min(left, renewEveryMs), signal))) await step.renew()
    }
  } finally {
    stopListening()
  }
  const missing = `${total - joined.size} of ${total} workers are missing in group '${group}' after ${inWords(deadlineMs)}`
  await step.fail({ instance: shorten(`group ${group}`), error: missing })
  throw new OperationTimedOut(name, deadlineMs, { hint: `${missing}.` })
}

async function reportNew(step: StepHandle, view: WorkersView, group: string, joined: Set<string>): Promise<StepRow | null> {
  const there = view.workers().filter((worker) => worker.group === group)
  const fresh = new Map(there.map(({ name, hostname, memberId }) => [shorten(`${name}@${hostname ?? ''}`), memberId]))
  for (const instance of joined) fresh.delete(instance)
  const reported = await Promise.all([...fresh].map(([instance, memberId]) => step.ok(toInstance(instance, memberId))))
  for (const instance of fresh.keys()) joined.add(instance)
  return reported.at(-1)?.step ?? step.show()
}

/** A worker that is started again has the same name and counts once. */
const toInstance = (instance: string, memberId: string): Instance => ({ instance, ...(memberId.length <= 36 && { instanceId: memberId }) })

const shorten = (name: string): string => (name.length <= longestName ? name : `${name.slice(0, longestName - 9)}~${createHash('sha256').update(name).digest('hex').slice(0, 8)}`)
