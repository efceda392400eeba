import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from '@jest/globals'

import { findCommand } from './find-command.js'

let folder: string
let searchPath: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-'))
  searchPath = `${folder}/empty:${folder}/missing:${folder}/bin`
  await mkdir(join(folder, 'empty', 'program'), { recursive: true })
  await mkdir(join(folder, 'bin'))
  await writeFile(join(folder, 'bin', 'program'), '#!/bin/sh\n')
  await chmod(join(folder, 'bin', 'program'), 0o755)
  await writeFile(join(folder, 'bin', 'data'), 'x')
})

afterAll(() => rm(folder, { recursive: true }))

test('a name is looked for in the search path, past folders of that name', async () => {
  expect(await findCommand('program', searchPath)).toEqual({ path: join(folder, 'bin', 'program') })
})

test('a name with a slash is a path', async () => {
  expect(await findCommand(`${folder}/bin/program`, '')).toEqual({ path: join(folder, 'bin', 'program') })
})

test.each(['nowhere', ''])('%j is not found: 127', async (name) => {
  expect(await findCommand(name, searchPath)).toEqual({ status: 127 })
})

test('a file that is not executable, and a folder given as path: 126', async () => {
  expect(await findCommand('data', searchPath)).toEqual({ status: 126 })
  expect(await findCommand(`${folder}/bin`, searchPath)).toEqual({ status: 126 })
})

test('without a search path the folders of the system are searched', async () => {
  expect(await findCommand('sh', undefined)).toEqual({ path: expect.stringMatching(/^(\/usr)?\/bin\/sh$/) })
})
