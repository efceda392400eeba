import { chmod, readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { expect, test } from '@jest/globals'
import amqplib from 'amqplib'

import { eventually } from '../eventually.js'
import { spawnNode } from '../spawn-node.js'
import { temporaryFolder } from '../temporary-folder.js'
import { findProvider } from './locate.js'

const answers = (endpoint: string): Promise<boolean> =>
  amqplib.connect(`amqp://guest:guest@${endpoint}/`).then(
    async (model) => {
      await model.close()
      return true
    },
    () => false,
  )

/** The programs whose environment names the folder, by their names; none where there is no /proc. */
async function programsOf(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const look = async (pid: string): Promise<string[]> => ((await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).includes(folder) ? [(await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim()] : [])
  return (await Promise.all(pids.map(look))).flat()
}

test('nothing of a broker outlives the process that started it, however that dies', async () => {
  await using folder = await temporaryFolder() // of what nobody removes then
  await chmod(folder.path, 0o711)
  await using owner = spawnNode(fileURLToPath(new URL('server-process.js', import.meta.url)), [], { env: { TMPDIR: folder.path } })
  const [, endpoint = ''] = await owner.line(/^endpoint (\S+)$/, { timeoutMs: 120_000 })
  expect(await answers(endpoint)).toBe(true)
  const isHere = process.platform === 'linux' && (await findProvider()).kind === 'programs'
  if (isHere) expect(await programsOf(folder.path)).toEqual(expect.arrayContaining(['epmd', 'beam.smp']))
  owner.signal('SIGKILL')
  await eventually(async () => expect([await answers(endpoint), await programsOf(folder.path)]).toEqual([false, []]))
}, 150_000)
