import { expect } from '@jest/globals'
import { encodeKey } from '@muster/coordination/internal'
import fc from 'fast-check'

import { at, create, createEphemeral } from './ops.js'
import { failsWith } from './outcomes.js'
import type { Situation } from './scene.js'

const allowed = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789 ._()@:+=,~%-'
const longest = 'k'.repeat(200)
const refused = ['', '.', '..', 'leader', 'locks', 'a/b', '/', 'a\nb', '\0', 'tab\t', 'café', '🦊', 'quote"', "it's", 'back\\slash', 'semi;colon', 'a*', `${longest}k`]

const awkward = [
  ...refused.filter((text) => text !== ''),
  allowed,
  longest,
  'plain',
  '%',
  '%41',
  'A',
  'é',
  '%C3%A9',
  '👩‍👩‍👧‍👦',
  '\u202Eevil',
  'x'.repeat(4096),
  `${'x'.repeat(4095)}y`,
  '🦊'.repeat(1024),
  ' leading and trailing ',
  'Leader',
  'leader ',
  '...',
]
const keyForm = /^[A-Za-z0-9 ._()@:+=,~%-]{1,200}$/
const isValid = (key: string): boolean => keyForm.test(key) && !['.', '..', 'leader', 'locks'].includes(key)

/** Invariant 10. */
export function keys(situation: Situation): void {
  situation('every allowed character and two hundred of them make a key, told back as it was', async (scene) => {
    const session = await scene.open()
    await session.commit([create('services', allowed), create('services', longest), create('groups', allowed)])
    await session.commit([createEphemeral(`members/${allowed}`, 'm')])
    expect(await session.read(at('services', allowed))).toMatchObject({ key: allowed })
    expect((await session.list('services')).entries.map(({ key }) => key).sort()).toEqual([allowed, longest].sort())
    expect((await session.list(`members/${allowed}`)).entries).toHaveLength(1)
  })

  situation('keys that differ in case or in a space are different keys', async (scene) => {
    const session = await scene.open()
    const similar = ['key', 'Key', 'KEY', 'key ', ' key', 'k ey']
    await session.commit(similar.map((key) => create('services', key, key)))
    expect(await session.count('services')).toBe(similar.length)
    for (const key of similar) expect(new TextDecoder().decode((await session.read(at('services', key)))?.data)).toBe(key)
  })

  situation('a key that is empty, reserved, too long or of other characters is InvalidArgument, and nothing is stored', async (scene) => {
    const session = await scene.open()
    await session.commit([create('groups', 'g')])
    for (const key of refused) {
      await failsWith(session.commit([create('services', 'along'), create('services', key)]), 'invalid_argument')
      await failsWith(session.commit([createEphemeral('members/g', key)]), 'invalid_argument')
      await failsWith(session.commit([create('groups', key)]), 'invalid_argument')
    }
    expect(await session.count('services')).toBe(0)
    expect(await session.count('members/g')).toBe(0)
    expect(await session.count('groups')).toBe(1)
  })

  situation('encodeKey makes a key of any name, and a different one of each', async (scene) => {
    const session = await scene.open()
    const encoded = awkward.map(encodeKey)
    for (const [index, key] of encoded.entries()) expect([awkward[index], isValid(key)]).toEqual([awkward[index], true])
    expect(new Set(encoded).size).toBe(new Set(awkward).size)
    const cut = encodeKey('x'.repeat(4096)) // a list shows it, and what a list shows can be asked for
    expect(encodeKey(cut)).toBe(cut)
    await session.commit(encoded.map((key) => create('services', key)))
    expect(await session.count('services')).toBe(awkward.length)
  })

  situation('encodeKey leaves names alone that are keys already, and writes other bytes as %XX', async () => {
    for (const name of ['worker_host1_4711_0a1b2c3d', 'VitrageApi worker(1)', 'nova-compute@host:1,2+3=4~']) expect(encodeKey(name)).toBe(name)
    expect(encodeKey('a/b\n')).toBe('a%2Fb%0A')
    expect(encodeKey('é')).toBe('%C3%A9')
    expect(encodeKey('x'.repeat(4096))).toMatch(/^x{191}~[0-9a-f]{8}$/)
    await Promise.resolve()
  })

  situation('encodeKey is right for hundreds of random names', async () => {
    const name = fc.oneof(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ minLength: 1, maxLength: 300 }), fc.stringMatching(/^[a-z%~/é]{1,12}$/))
    fc.assert(
      fc.property(name, name, (a, b) => isValid(encodeKey(a)) && encodeKey(a) === encodeKey(a) && (a === b || encodeKey(a) !== encodeKey(b))),
      { numRuns: 300 },
    )
    await Promise.resolve()
  })
}
