import { expect, test } from '@jest/globals'
import fc from 'fast-check'

import { ephemeralLimits, Ephemerals } from './ephemerals.js'

const path = fc.constantFrom('/a', '/b', '/c/d', `/${'long'.repeat(200)}`, '/日本語')
const steps = fc.array(fc.oneof(fc.tuple(fc.constantFrom('add' as const, 'delete' as const, 'reserve' as const), path), fc.tuple(fc.constantFrom('release' as const, 'replace' as const), path)), { maxLength: 200 })

const empty = Array.from({ length: ephemeralLimits.nodes + 1 }, () => '')

test('it counts the nodes that are there and those on their way, each once, whatever happens to them', () => {
  fc.assert(
    fc.property(steps, (script) => {
      const ephemerals = new Ephemerals(0)
      const there = new Set<string>()
      const releases: (() => void)[] = []
      for (const [step, name] of script) {
        if (step === 'add') {
          ephemerals.add(name)
          there.add(name)
        } else if (step === 'delete') {
          ephemerals.delete(name)
          there.delete(name)
        } else if (step === 'reserve') releases.push(ephemerals.reserve([name]))
        else if (step === 'release') releases.shift()?.()
        else {
          ephemerals.replace([name])
          there.clear()
          there.add(name)
        }
        expect(ephemerals.size).toBe(there.size)
      }
      const free = ephemeralLimits.nodes - there.size - releases.length
      expect([ephemerals.isFullFor(empty.slice(0, free)), ephemerals.isFullFor(empty.slice(0, free + 1))]).toEqual([false, true])
    }),
    { numRuns: 50 },
  )
})

test.each(['x', '日'])('a mebibyte is one of bytes as the server counts them, with the chroot, for paths of %j too', (letter) => {
  const ephemerals = new Ephemerals(96)
  const name = `/${letter.repeat((900 - 1) / Buffer.byteLength(letter))}`
  const most = Math.floor(ephemeralLimits.pathBytes / (96 + Buffer.byteLength(name) + 4))
  for (let count = 0; count < most; count += 1) ephemerals.add(name.slice(0, -4) + String(count).padStart(4 * Buffer.byteLength(letter), '0'))
  expect([ephemerals.size, ephemerals.isFullFor(['']), ephemerals.isFullFor([name])]).toEqual([most, false, true])
  ephemerals.replace([])
  expect(ephemerals.isFullFor([name])).toBe(false)
})
