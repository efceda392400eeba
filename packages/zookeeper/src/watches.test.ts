import { expect, test } from '@jest/globals'
import fc from 'fast-check'

import { Reader, Writer } from './codec.js'
import { Watches } from './watches.js'
import type { OneShotKind, WatchEvent } from './watches.js'

/** Who is told of an event, by name. */
function told(watches: Watches, type: WatchEvent['type'], path: string): string[] {
  const names: string[] = []
  listener = (name) => names.push(name)
  for (const listen of watches.take(type, path)) listen({ type, path })
  return names.sort()
}
let listener: (name: string) => void = () => {}
const hear = (name: string) => (): void => listener(name)

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
    watches.addOneShot(kind, '/a', hear('one'))
    watches.addOneShot(kind, '/a', hear('two'))
    expect(told(watches, type, '/b')).toEqual([])
    const expected = types.includes(type) ? ['one', 'two'] : []
    expect(told(watches, type, '/a')).toEqual(expected)
    expect(told(watches, types[0] ?? 'created', '/a')).toEqual(expected.length > 0 ? [] : ['one', 'two'])
  }
})

test('whatever is watched is asked for again exactly once, its kind kept, in requests of a bounded size', () => {
  const kinds = ['data', 'exist', 'child', 'plain', 'recursive'] as const
  const paths = fc.uniqueArray(fc.tuple(fc.constantFrom(...kinds), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })), { selector: ([, text]) => text, maxLength: 80 })
  fc.assert(
    fc.property(paths, fc.integer({ min: 300, max: 2000 }), (asked, maxBytes) => {
      const watches = new Watches()
      for (const [kind, text] of asked) {
        if (kind === 'plain' || kind === 'recursive') watches.add(`/${text}`, kind === 'recursive', () => {})
        else watches.addOneShot(kind, `/${text}`, () => {})
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
