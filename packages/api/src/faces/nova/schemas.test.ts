import { describe, expect, test } from '@jest/globals'

import { isTrue, readAction, readEdit, readQuery } from './schemas.js'

const named = { host: 'host1', binary: 'nova-compute' }
const flags =
  "[True, 'True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes', False, 'False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no']"

const refused = (message: string): object => expect.objectContaining({ status: 400, message })

describe('the body of an action', () => {
  test.each<[unknown, string]>([
    [undefined, "None is not of type 'object'"],
    [[], "[] is not of type 'object'"],
    [{}, "'host' is a required property"],
    [{ host: 'h' }, "'binary' is a required property"],
    [{ ...named, more: 1 }, "Additional properties are not allowed ('more' was unexpected)"],
    [{ ...named, host: 1 }, "Invalid input for field/attribute host. Value: 1. 1 is not of type 'string'"],
    [{ ...named, host: { a: [null, true, "it's"] } }, `Invalid input for field/attribute host. Value: {'a': [None, True, "it's"]}. {'a': [None, True, "it's"]} is not of type 'string'`],
    [{ ...named, host: '' }, "Invalid input for field/attribute host. Value: . '' is too short"],
    [{ ...named, disabled_reason: 'r'.repeat(256) }, `Invalid input for field/attribute disabled_reason. Value: ${'r'.repeat(256)}. '${'r'.repeat(256)}' is too long`],
    [{ ...named, forced_down: 'maybe' }, `Invalid input for field/attribute forced_down. Value: maybe. 'maybe' is not one of ${flags}`],
  ])('%j is refused in the words of Nova', (body, message) => {
    expect(() => readAction(body, 52)).toThrow(refused(message))
  })

  test('forced_down is there from 2.11 on', () => {
    expect(readAction({ ...named, forced_down: true }, 11)).toMatchObject({ forced_down: true })
    expect(() => readAction({ ...named, forced_down: true }, 10)).toThrow(refused("Additional properties are not allowed ('forced_down' was unexpected)"))
  })
})

describe('the body of an edit', () => {
  test('names no service, and only two states', () => {
    expect(readEdit({ status: 'disabled', disabled_reason: 'r', forced_down: 'off' })).toEqual({ status: 'disabled', disabled_reason: 'r', forced_down: 'off' })
    expect(() => readEdit(named)).toThrow(refused("Additional properties are not allowed ('host' was unexpected)"))
    expect(() => readEdit({ status: 'up' })).toThrow(refused("Invalid input for field/attribute status. Value: up. 'up' is not one of ['enabled', 'disabled']"))
  })
})

test('flags are true in every form that Nova reads as true', () => {
  expect([true, 'true', 'True', 'TRUE', '1', 'on', 'On', 'ON', 'yes', 'Yes', 'YES'].every(isTrue)).toBe(true)
  expect([false, 'false', '0', 'off', 'no', undefined, 1].some(isTrue)).toBe(false)
})

describe('a query', () => {
  test('gives the last of several values, and nothing for an empty one', () => {
    expect(readQuery('/os-services?host=a&host=b&binary=', ['host', 'binary'], 93)).toEqual({ host: 'b' })
    expect(readQuery('/os-services', ['host', 'binary'], 1)).toEqual({})
  })

  test('with another parameter is refused from 2.75 on, and read without it before', () => {
    expect(readQuery('/os-services?hosts=a&host=b', ['host', 'binary'], 74)).toEqual({ host: 'b' })
    expect(() => readQuery('/os-services?hosts=a&host=b', ['host', 'binary'], 75)).toThrow(refused("Additional properties are not allowed ('hosts' was unexpected)"))
  })
})
