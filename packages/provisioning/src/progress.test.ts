import { describe, expect, test } from '@jest/globals'

import { currentRun, describeError, pendingSteps, statusOf } from './progress.js'
import type { Step } from './progress.js'
import type { DeclaredSteps, StepType } from './rows.js'

const declared: DeclaredSteps = { creating: ['launch', 'ssh', 'start'], scaling: ['launch'], deleting: ['stop'] }
const step = (step_name: string, successful: boolean | null = true, step_type: StepType = 'creating'): Step => ({ step_name, step_type, successful })

describe('the status of a cluster', () => {
  test.each([
    ['without steps', [], 'Validating', ['launch', 'ssh', 'start']],
    ['in its first step', [step('launch', null)], 'Spawning', ['ssh', 'start']],
    ['between two steps', [step('launch')], 'Spawning', ['ssh', 'start']],
    ['with a failed step', [step('launch', false)], 'Error', ['ssh', 'start']],
    ['with a failed step that is tried again', [step('launch', false), step('launch', null)], 'Spawning', ['ssh', 'start']],
    ['that went on after a failed step', [step('launch', false), step('ssh', null)], 'Spawning', ['start']],
    ['that went on after a failed step, and that is over', [step('launch', false), step('ssh')], 'Error', ['start']],
    ['with all its steps done', [step('launch'), step('ssh'), step('start')], 'Active', []],
    ['with a step done that had failed', [step('launch'), step('ssh', false), step('ssh'), step('start')], 'Active', []],
    ['that is scaled', [step('launch'), step('ssh'), step('start'), step('launch', null, 'scaling')], 'Scaling', []],
    ['that was scaled', [step('launch'), step('ssh'), step('start'), step('launch', true, 'scaling')], 'Active', []],
    ['that is scaled again', [step('launch', true, 'scaling'), step('launch', null, 'scaling')], 'Scaling', []],
    ['that was deleted', [step('launch'), step('stop', true, 'deleting')], 'Deleting', []],
    ['with a step that is not declared', [step('launch'), step('ssh'), step('start'), step('more', null)], 'Spawning', []],
  ])('%s', (_, steps, status, pending) => {
    expect(statusOf(steps, declared).status).toBe(status)
    expect(pendingSteps(steps, declared).map(({ step_name: name }) => name)).toEqual(pending)
  })

  test('with no steps declared is Active whenever none is open', () => {
    expect(statusOf([step('launch')], {})).toEqual({ status: 'Active' })
  })

  test('that is Error names the failed step', () => {
    const failed = step('ssh', false)
    expect(statusOf([step('launch'), failed], declared)).toEqual({ status: 'Error', failed })
  })
})

test('what goes on now begins where a step that had gone well comes again', () => {
  const steps = [step('launch', true, 'scaling'), step('ssh', false, 'scaling'), step('ssh', true, 'scaling'), step('launch', null, 'scaling')]
  expect(currentRun(steps.slice(0, 3))).toEqual(steps.slice(0, 3))
  expect(currentRun(steps)).toEqual(steps.slice(3))
})

test('an error is described with its id and without its stack', () => {
  expect(describeError('creating', 'Node w-4\nhas error status\nError ID: 3e23\nError: Node w-4\n  at x')).toBe('Creating cluster failed for the following reason(s): Node w-4\nhas error status\nError ID: 3e23')
  expect(describeError('deleting', null)).toContain('Deleting cluster failed for the following reason(s): no reason was given')
})
