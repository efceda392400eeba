import { expect, test } from '@jest/globals'

import { replay, stateAt } from './model.js'
import type { PlannedOp } from './model.js'
import { create, put, remove } from './ops.js'

const commit = (revision: string, ...planned: PlannedOp[]) => ({ revision, keys: planned.map(({ op }) => ('at' in op ? op.at.key : '')), planned })

test('commits make the states in the order of their revisions, and states between two are the earlier one', () => {
  const states = replay([commit('3', { op: remove('services', 'a') }), commit('1', { op: create('services', 'a', 'x') }), commit('2', { op: put('services', 'a', 'y') })], 'services')
  expect(stateAt(states, '0').size).toBe(0)
  expect(stateAt(states, '1').get('a')).toEqual({ data: 'x', created: '1', modified: '1' })
  expect(stateAt(states, '25').get('a')).toEqual({ data: 'y', created: '1', modified: '2' })
  expect(stateAt(states, '3').size).toBe(0)
})

test('a commit that succeeded although it could not have is found', () => {
  const made = commit('1', { op: create('services', 'a') })
  expect(() => replay([made, commit('2', { op: create('services', 'a') })], 'services')).toThrow('it was there')
  expect(() => replay([made, commit('2', { op: remove('services', 'b') })], 'services')).toThrow('it was not there')
  expect(() => replay([made, commit('2', { op: put('services', 'a'), readAt: { created: '1', modified: '0' } })], 'services')).toThrow('the version was old')
  const anew = [made, commit('2', { op: remove('services', 'a') }), commit('3', { op: create('services', 'a') }), commit('4', { op: put('services', 'a'), readAt: { created: '1', modified: '1' } })]
  expect(() => replay(anew, 'services')).toThrow('the version was old')
  expect(stateAt(replay(anew, 'services', false), '4').get('a')?.modified).toBe('4')
  expect(() => replay([made, commit('2', { op: put('services', 'a'), readAt: { created: '1', modified: '0' } })], 'services', false)).toThrow('the version was old')
  expect(() => replay([made, made], 'services')).toThrow('two commits of revision 1')
})
