import { expect, test } from '@jest/globals'
import { silentLogger } from '@muster/common'

import { SessionStates } from './session-state.js'

type Move = (states: SessionStates) => void
const connect = (epoch: number): Move => (states) => states.connected(epoch)
const suspend: Move = (states) => states.suspended('why')
const lose: Move = (states) => states.lost('why')
const close: Move = (states) => states.closed()

test.each<[string, Move[], string[]]>([
  ['suspended and connected again', [connect(1), suspend, connect(1)], ['connected 1', 'suspended 1', 'connected 1']],
  ['suspended before it was ever connected: no news', [suspend, connect(1)], ['connected 1']],
  ['suspended twice, for another reason: told once', [connect(1), suspend, suspend], ['connected 1', 'suspended 1']],
  ['lost while suspended: so until the next session is connected', [connect(1), suspend, lose, suspend, lose, connect(2)], ['connected 1', 'suspended 1', 'lost 1', 'connected 2']],
  ['lost while connected', [connect(1), lose, connect(2)], ['connected 1', 'lost 1', 'connected 2']],
  ['closed: nothing after it', [connect(1), close, connect(2), suspend, lose, close], ['connected 1', 'closed 1']],
])('%s', (_, moves, told) => {
  const states = new SessionStates(silentLogger)
  const heard: string[] = []
  states.on(({ state, epoch }) => heard.push(`${state} ${epoch}`))
  for (const move of moves) move(states)
  expect(heard).toEqual(told)
})

test('what belongs to a session is over when it is lost, and stays so in the next one', () => {
  const states = new SessionStates(silentLogger)
  const isOver = (): boolean[] => [1, 2].map((epoch) => states.isOver(epoch))
  connect(1)(states)
  suspend(states)
  expect(isOver()).toEqual([false, true])
  lose(states)
  expect(isOver()).toEqual([true, true])
  connect(2)(states)
  expect(isOver()).toEqual([true, false])
})

test('a listener that throws costs the others nothing, and one that was stopped hears no more', () => {
  const states = new SessionStates(silentLogger)
  const heard: string[] = []
  states.on(() => {
    throw new Error('of a listener')
  })
  const stop = states.on(({ state }) => heard.push(state))
  connect(1)(states)
  stop()
  suspend(states)
  expect(heard).toEqual(['connected'])
  expect(states.now).toEqual({ state: 'suspended', epoch: 1, reason: 'why' })
})
