import { expect } from '@jest/globals'

import type { Store } from './svc.js'

interface Check {
  readonly check: string
  readonly status: 'ok' | 'warn' | 'fail' | 'skip'
  readonly found: string
  readonly advice: string | null
}

export interface Diagnosis {
  readonly code: number | null
  readonly stdout: string
  /** The findings of a check. */
  of(check: string): readonly Check[]
  /** The names of the checks with this status, each once. */
  with(status: Check['status']): readonly string[]
}

/** Runs `svc doctor -f json` with these words; it must end within 10 s, whatever is wrong. */
export async function diagnose(store: Store, words: readonly string[], env: Readonly<Record<string, string | undefined>> = {}): Promise<Diagnosis> {
  const startedAt = performance.now()
  const { code, stdout, stderr } = await store.svc(['doctor', '-f', 'json', ...words], env)
  expect(performance.now() - startedAt).toBeLessThan(12_000) // 2 s for a busy machine
  expect(stderr).toBe('')
  const { exitStatus, checks } = JSON.parse(stdout) as { exitStatus: number; checks: Check[] }
  expect(exitStatus).toBe(code)
  return {
    code,
    stdout,
    of: (name) => checks.filter(({ check }) => check === name),
    with: (status) => [...new Set(checks.filter((check) => check.status === status).map(({ check }) => check))],
  }
}
