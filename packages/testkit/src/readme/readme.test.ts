import { describe, expect, test } from '@jest/globals'

import { blocks, files, needsZooKeeper, run } from './blocks.js'

/** Run by the suites in start/ and interop/, by this very run of the tests, and by .ci/run; the long ones by hand, before a release. */
const runElsewhere = new Set(['npm start', 'npm test', 'npm run test:interop', 'npm run test:chaos', 'npm run test:nodes', 'npm run pack -- /tmp/muster-packed', 'npm run build', 'npm run lint', 'npm run bench', 'npm run bench -- list', 'npm run bench -- http', 'npm run bench -- sse', 'npm run bench -- services', 'npm run bench -- history', 'npm run bench -- sinks', 'npm run bench -- zookeeper', 'npm run bench -- zookeeper-list', 'npm run bench -- provisioning'])

const runHere = blocks.filter((block) => !needsZooKeeper(block))

describe('every command in a README', () => {
  test('is found: the READMEs hold commands', () => {
    expect(files.length).toBeGreaterThan(5)
    expect(runHere.filter(({ tag }) => tag === 'sh').length).toBeGreaterThan(1)
  })

  test('that begins with npx runs what is installed', async () => {
    expect(await run({ file: '', name: 'npx', tag: 'sh', text: 'command npx --no svc -- --version; npx --no svc --version' })).toMatch(/^(\d+\.\d+\.\d+)\n\1\n$/)
  })

  test.each(blocks.filter(({ tag }) => tag === ''))('$name is run by its own suite', ({ text }) => {
    const commands = text.split('\n').filter((line) => /^(npm|npx|node|curl|svc|docker)\b/.test(line))
    expect(commands.filter((command) => !runElsewhere.has(command))).toEqual([])
  })

  test.concurrent.each(runHere.filter(({ tag }) => tag === 'sh'))('$name runs in a shell', async (block) => {
    await run(block)
  }, 60_000)

  test.concurrent.each(runHere.filter(({ tag }) => tag === 'js'))('$name runs as a module', async (block) => {
    await run(block)
  }, 60_000)
})
