import { readFile } from 'node:fs/promises'
import { connect } from 'node:tls'

import { expect, test } from '@jest/globals'

import { temporaryFolder } from '../temporary-folder.js'
import { startZooKeeper } from './server.js'
import { makeTlsFiles } from './tls-files.js'

test('a server answers when it has started', async () => {
  await using server = await startZooKeeper()
  expect(await server.command('ruok')).toBe('imok')
  expect(await server.command('srvr')).toContain('Mode: standalone')
})
