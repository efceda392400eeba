import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, test } from '@jest/globals'

import { freePort } from '../free-port.js'
import { temporaryFolder } from '../temporary-folder.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const files = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`)].filter((file) => existsSync(join(root, file)))

/** Run by the suite in start/, by this very run of the tests, and by .ci/run; the long ones by hand, before a release. */
const runElsewhere = new Set(['npm start', 'npm test', 'npm run build', 'npm run lint', 'npm run bench', 'npm run bench -- list', 'npm run bench -- http'])

/** Fenced blocks: `sh` is run by a shell, `js` as a module, an untagged one holds commands that another suite runs; others are no commands. */
const blocks = files.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^```(\w*)\n(.*?)^```/gms)].map(([, tag = '', text = ''], index) => ({ file, tag, text, name: `${file}, block ${index + 1}` })),
)

/** Runs a block in the root folder with a store and a port of its own; everything it started is ended with it. */
async function run(command: string, args: string[], text: string): Promise<string> {
  await using folder = await temporaryFolder()
  const port = await freePort()
  const isolated = text.replaceAll('8999', String(port)).replaceAll("'/tmp/muster-'", `'${folder.path}/'`).replaceAll('`/tmp/', `\`${folder.path}/`)
  const child = spawn(command, [...args, isolated], {
    cwd: root,
    detached: true, // a process group of its own, so that what runs in its background can be ended
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', XDG_STATE_HOME: folder.path, SVC_PORT: String(port), SVC_BACKEND: '', SVC_ENDPOINT: '' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const [status] = (await once(child, 'exit')) as [number | null]
  try {
    process.kill(-(child.pid ?? 0), 'SIGKILL')
  } catch {
    // Nothing was left running.
  }
  if (status !== 0) throw new Error(`exit status ${status}\n${isolated}\n${output}`)
  return output
}

describe('every command in a README', () => {
  test('is found: the READMEs hold commands', () => {
    expect(files.length).toBeGreaterThan(5)
    expect(blocks.filter(({ tag }) => tag === 'sh').length).toBeGreaterThan(1)
  })

  test.each(blocks.filter(({ tag }) => tag === ''))('$name is run by its own suite', ({ text }) => {
    const commands = text.split('\n').filter((line) => /^(npm|npx|node|curl|svc)\b/.test(line))
    expect(commands.filter((command) => !runElsewhere.has(command))).toEqual([])
  })

  test.each(blocks.filter(({ tag }) => tag === 'sh'))('$name runs in a shell', async ({ text }) => {
    await run('sh', ['-ec'], text)
  }, 60_000)

  test.each(blocks.filter(({ tag }) => tag === 'js'))('$name runs as a module', async ({ text }) => {
    await run(process.execPath, ['--input-type=module', '-e'], text)
  }, 60_000)
})
