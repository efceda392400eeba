import { expect, test } from '@jest/globals'

import { missedOutcomes } from '../proofs/proof.js'
import { run } from './chaos.js'

test('clients that believe for ever what was true once are found out, and the plan that shows it is made small and told', async () => {
  const told: string[] = []
  const program = new URL('./lying-client-process.js', import.meta.url)
  const result = await run('embedded', { seed: 1, program, shrinkMs: 10_000, log: (line) => told.push(line) })
  expect(missedOutcomes(result).map(({ what }) => what)).toContain('violations')
  expect(told.join('\n')).toMatch(/The plan, for \d clients:\n[^]*What happened, ms:\n[^]*HOLDS[^]*What must never be:\n {2}two holders: client [^]*--seed \d+/)
}, 120_000)
