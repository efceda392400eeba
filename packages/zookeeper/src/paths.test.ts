import { expect, test } from '@jest/globals'
import fc from 'fast-check'

import { nameOf, parentOf, Paths } from './paths.js'

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => !text.includes('/') && text !== '.' && text !== '..')
const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => `/${names.join('/')}`)

test('a path goes to the server below the chroot and comes back as it was', () => {
  fc.assert(
    fc.property(fc.oneof(fc.constant(''), path), fc.oneof(fc.constant('/'), path), (chroot, asked) => {
      const paths = new Paths(chroot)
      const atServer = paths.toServer(asked)
      expect(atServer).toBe(asked === '/' ? chroot || '/' : chroot + asked)
      expect(paths.toCaller(atServer)).toBe(asked)
    }),
  )
})

test('a path is the node above it and its name', () => {
  fc.assert(
    fc.property(path, (whole) => {
      expect(`${parentOf(whole) === '/' ? '' : parentOf(whole)}/${nameOf(whole)}`).toBe(whole)
    }),
  )
  expect(parentOf('/a')).toBe('/')
})

test.each(['', 'a', 'a/b', '/a/', '//', '/a//b', '//a', '/.', '/..', '/a/.', '/a/..', '/./a', '/a/../b', '/a/./b'])('%j is InvalidArgument', (wrong) => {
  for (const chroot of ['', '/base']) expect(() => new Paths(chroot).toServer(wrong)).toThrow(expect.objectContaining({ code: 'invalid_argument', argument: 'path' }))
})

test.each(['/', '/a', '/.a', '/a.', '/...', '/a/.b/..c', '/é ü', '/zookeeper'])('%j is a path', (right) => {
  expect(new Paths('').toServer(right)).toBe(right)
})

test.each([
  ['', '/', '/'],
  ['', '/q/', '/q/'],
  ['', '/q/item-', '/q/item-'],
  ['/base', '/', '/base/'],
  ['/base', '/q/', '/base/q/'],
  ['/base', '/q/item-', '/base/q/item-'],
])('below the chroot %j the beginning %j of a sequential path is %j', (chroot, prefix, expected) => {
  expect(new Paths(chroot).prefixToServer(prefix)).toBe(expected)
})

test.each(['', 'q/', '//', '/q//', '/./', '/../'])('%j is no beginning of a path', (wrong) => {
  expect(() => new Paths('').prefixToServer(wrong)).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
})
