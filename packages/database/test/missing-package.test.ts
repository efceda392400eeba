import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { test } from '@jest/globals'
import { spawnNode, temporaryFolder } from '@muster/testkit'

const packageFolder = fileURLToPath(new URL('../..', import.meta.url))
const nodeModules = join(packageFolder, '..', '..', 'node_modules')

const program = `
import { fileURLToPath } from 'node:url'
import { openHistory } from '@muster/database/history'
const history = await openHistory('sqlite:' + fileURLToPath(new URL('history.db', import.meta.url)), { tablesOf: 'none', migrations: [] })
await history.close()
await openHistory('postgresql://127.0.0.1/muster', { tablesOf: 'none', migrations: [] }).catch(({ code, message, hint }) => console.log(code, '|', message, '|', hint))
`

test('without the package pg SQLite serves, and PostgreSQL is refused with how to install it', async () => {
  await using folder = await temporaryFolder()
  const installed = join(folder.path, 'node_modules')
  await mkdir(join(installed, '@muster', 'database'), { recursive: true })
  for (const name of ['package.json', 'dist']) await cp(join(packageFolder, name), join(installed, '@muster', 'database', name), { recursive: true })
  for (const name of ['kysely', '@photostructure', '@muster/common']) await symlink(join(nodeModules, name), join(installed, name))
  await writeFile(join(folder.path, 'program.mjs'), program)
  await using child = spawnNode(join(folder.path, 'program.mjs'))
  await child.line(/^not_supported \| .* needs the package pg \| npm install pg@8\.23\.1$/)
})
