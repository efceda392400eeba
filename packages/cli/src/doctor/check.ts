import { isMusterError, messageOf } from '@muster/common'

export type Status = 'ok' | 'warn' | 'fail' | 'skip'

/** What one look has found, and what to do about it. */
export interface Finding {
  readonly status: Status
  readonly found: string
  readonly advice?: string | undefined
  /** True when the backend or server cannot be used at all: the doctor then exits with 69. */
  readonly unreachable?: boolean | undefined
  /** Why later checks have nothing to look at; they are skipped. */
  readonly ends?: string | undefined
}

export interface Line extends Finding {
  readonly check: string
  /** True when the check was not made, for an earlier one has found the end of it all. */
  readonly isMoot: boolean
}

/** One thing that is looked at. */
export interface Check {
  readonly name: string
  /** How long the look may take; then it has failed. Default 2000. */
  readonly limitMs?: number
  /** Resolves with what was found, in lines of its own. A rejection is a failure. */
  look(signal: AbortSignal): Promise<Finding | readonly Finding[]>
}

/** The checks of one kind of target, in their order; what they have opened is closed by `close`, within a second. */
export interface Family {
  readonly checks: readonly Check[]
  close?(): Promise<void>
}

export const ok = (found: string, advice?: string): Finding => ({ status: 'ok', found, advice })
export const warn = (found: string, advice: string): Finding => ({ status: 'warn', found, advice })
export const fail = (found: string, advice?: string): Finding => ({ status: 'fail', found, advice })
export const skip = (found: string): Finding => ({ status: 'skip', found })
export const unreachable = (found: string, advice?: string): Finding => ({ ...fail(found, advice), unreachable: true, ends: 'it cannot be reached' })

const usualLimitMs = 2000
/** Of all checks together: somebody waits for the answer. */
const wholeLimitMs = 9000

/** Yields the findings of each check as soon as it is through. Never throws, and takes at most 9 s. */
export async function* runChecks(checks: readonly Check[]): AsyncGenerator<Line, void> {
  const end = performance.now() + wholeLimitMs
  let over: string | undefined
  for (const check of checks) {
    const leftMs = end - performance.now()
    if (leftMs < 1) over ??= 'no time is left'
    const findings = over === undefined ? await lookInTime(check, leftMs) : [skip(over)]
    for (const finding of findings) yield { check: check.name, isMoot: over !== undefined, ...finding }
    over ??= findings.find(({ ends }) => ends !== undefined)?.ends
  }
}

async function lookInTime(check: Check, leftMs: number): Promise<readonly Finding[]> {
  const limitMs = Math.min(check.limitMs ?? usualLimitMs, leftMs)
  const overdue = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      resolve(fail(`no answer within ${(limitMs / 1000).toFixed(1)} s`))
      overdue.abort()
    }, limitMs)
  })
  try {
    return [await Promise.race([check.look(overdue.signal), late])].flat()
  } catch (error) {
    return [failed(error)]
  } finally {
    clearTimeout(timer)
    overdue.abort() // nothing of it runs on
  }
}

/** An error as a finding. */
export function failed(error: unknown): Finding {
  const found = messageOf(error)
  if (isMusterError(error, 'backend_unreachable')) return unreachable(found, error.hint)
  return isMusterError(error) ? fail(found, error.hint) : fail(found)
}
