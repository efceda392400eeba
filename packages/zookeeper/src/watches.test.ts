import { expect, test } from '@jest/globals'
import fc from 'fast-check'

import { Reader, Writer } from './codec.js'
import { Watches } from './watches.js'
import type { OneShotKind, WatchEvent, WatchListener } from './watches.js'

const names = new Map<WatchListener, string>()

/** A listener with a name. */
function hear(name: string): WatchListener {
  const listener = (): void => {}
  names.set(listener, name)
  return listener
}

/** The names of those who are told of an event; of those who are told another one, with that. */
function told(watches: Watches, type: WatchEvent['type'], path: string): string[] {
  const tellings = watches.take({ type, path })
  return tellings.map(({ listener, event }) => `${names.get(listener)}${event.type === type && event.path === path ? '' : `: ${event.type} ${event.path}`}`).sort()
}

function addOneShot(watches: Watches, kind: OneShotKind, path: string, listener: WatchListener): void {
  watches.expectOneShot(kind, path, listener)(kind)
}

test('an event goes to the node, to every recursive watch above it, and to nobody beside', () => {
  const watches = new Watches()
  for (const path of ['/', '/a', '/a/b', '/ab', '/a/b/c']) watches.add(path, true, hear(path))
  watches.add('/plain', false, hear('/plain'))
  expect(told(watches, 'created', '/a/b')).toEqual(['/', '/a', '/a/b'])
  expect(told(watches, 'changed', '/a/bc')).toEqual(['/', '/a'])
  expect(told(watches, 'deleted', '/')).toEqual(['/'])
  expect(told(watches, 'changed', '/plain')).toEqual(['/', '/plain'])
  expect(told(watches, 'created', '/plain/child')).toEqual(['/'])
  expect(told(watches, 'children', '/plain')).toEqual(['/plain'])
  expect(told(watches, 'children', '/a')).toEqual([])
})

test.each<[OneShotKind, readonly WatchEvent['type'][]]>([
  ['data', ['created', 'changed', 'deleted']],
  ['exist', ['created', 'changed', 'deleted']],
  ['child', ['children', 'deleted']],
])('a one-shot watch of kind %s hears one of %j', (kind, types) => {
  for (const type of ['created', 'changed', 'deleted', 'children'] as const) {
    const watches = new Watches()
    addOneShot(watches, kind, '/a', hear('one'))
    addOneShot(watches, kind, '/a', hear('two'))
    expect(told(watches, type, '/b')).toEqual([])
    const expected = types.includes(type) ? ['one', 'two'] : []
    expect(told(watches, type, '/a')).toEqual(expected)
    expect(told(watches, types[0] ?? 'created', '/a')).toEqual(expected.length > 0 ? [] : ['one', 'two'])
  }
})

test('who waits for other children of a node is told of a child that was created or deleted, should the server tell only that', () => {
  for (const type of ['created', 'deleted'] as const) {
    const watches = new Watches()
    addOneShot(watches, 'child', '/a', hear('children'))
    addOneShot(watches, 'child', '/', hear('top'))
    expect(told(watches, 'changed', '/a/b')).toEqual([])
    expect(told(watches, type, '/a/b/c')).toEqual([])
    expect(told(watches, type, '/a/b')).toEqual(['children: children /a'])
    expect(told(watches, 'children', '/a')).toEqual([])
    expect(told(watches, type, '/x')).toEqual(['top: children /'])
  }
})

test('the server is made to forget a path with its last persistent watch, unless a one-shot watch of it is there or on its way', () => {
  const watches = new Watches()
  const [one, two] = [hear('one'), hear('two')]
  const add = (...listeners: WatchListener[]): void => listeners.forEach((listener) => watches.add('/a', true, listener))
  add(one, two)
  expect([watches.delete('/a', one), watches.delete('/a', one), watches.delete('/a', two)]).toEqual([false, false, true])
  add(one)
  const become = [watches.expectOneShot('child', '/a', two), watches.expectOneShot('child', '/a', two)]
  become[0]?.(undefined)
  expect(watches.delete('/a', one)).toBe(false)
  add(one)
  become[1]?.('child')
  expect(watches.delete('/a', one)).toBe(false)
  add(one)
  expect(told(watches, 'children', '/a')).toEqual(['two'])
  expect(watches.delete('/a', one)).toBe(true)
})

test('whatever is watched is asked for again exactly once, its kind kept, in requests of a bounded size', () => {
  const kinds = ['data', 'exist', 'child', 'plain', 'recursive'] as const
  const paths = fc.uniqueArray(fc.tuple(fc.constantFrom(...kinds), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })), { selector: ([, text]) => text, maxLength: 80 })
  fc.assert(
    fc.property(paths, fc.integer({ min: 300, max: 2000 }), (asked, maxBytes) => {
      const watches = new Watches()
      for (const [kind, text] of asked) {
        if (kind === 'plain' || kind === 'recursive') watches.add(`/${text}`, kind === 'recursive', () => {})
        else addOneShot(watches, kind, `/${text}`, () => {})
      }
      const restored: [string, string][] = []
      for (const operation of watches.restore(77n, maxBytes)) {
        const writer = new Writer()
        operation.write(writer)
        const frame = writer.take()
        expect(frame.length).toBeLessThanOrEqual(maxBytes)
        const reader = new Reader().over(frame)
        expect(reader.long()).toBe(77n)
        for (const kind of kinds) restored.push(...reader.texts().map((path): [string, string] => [kind, path.slice(1)]))
        expect(reader.left).toBe(0)
      }
      const sorted = (list: readonly (readonly [string, string])[]): string[] => list.map(([kind, path]) => `${kind} ${path}`).sort()
      expect(sorted(restored)).toEqual(sorted(asked))
    }),
  )
})
