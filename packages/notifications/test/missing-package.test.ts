import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { test } from '@jest/globals'
import { spawnNode, temporaryFolder } from '@muster/testkit'

const packageFolder = fileURLToPath(new URL('../..', import.meta.url))
const nodeModules = join(packageFolder, '..', '..', 'node_modules')

const program = `
import { rabbitmqSink } from '@muster/notifications'
const sink = rabbitmqSink({ url: 'amqp://127.0.0.1' })
await sink.send([], new AbortController().signal).catch(({ code, message, hint }) => console.log(code, '|', message, '|', hint))
await sink.close()
`

test('without the package amqplib all else is there, and telling a RabbitMQ is refused with how to install it', async () => {
  await using folder = await temporaryFolder()
  const installed = join(folder.path, 'node_modules')
  await mkdir(join(installed, '@muster', 'notifications'), { recursive: true })
  for (const name of ['package.json', 'dist']) await cp(join(packageFolder, name), join(installed, '@muster', 'notifications', name), { recursive: true })
  for (const name of ['ipaddr.js', 'kysely', '@muster/common', '@muster/database', '@muster/servicegroup']) await symlink(join(nodeModules, name), join(installed, name))
  await writeFile(join(folder.path, 'program.mjs'), program)
  await using child = spawnNode(join(folder.path, 'program.mjs'))
  await child.line(/^not_supported \| .* needs the package amqplib \| npm install amqplib@2\.3\.1$/)
})
