// npm run test:nodes [-- VERSION... | jest's own arguments]: the whole suite on other releases of Node, by default the newest
// 22 and 24; ends with a line for each. They come from npm, node-<platform>-<arch>, into $XDG_CACHE_HOME/muster/nodes.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

import { prepare, root, run } from './workspace.js'

const words = process.argv.slice(2)
const isVersion = (word) => /^\d+(\.\d+){0,2}$/.test(word)
const given = words.filter(isVersion)
const versions = given.length > 0 ? given : ['22', '24']
const others = words.filter((word) => !isVersion(word))

/** Installs the newest release of this version, unless it is there, and gives its folder of programs. */
function installNode(version) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'muster', 'nodes', version)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  run('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error', `${name}@${version}`])
  return join(folder, 'node_modules', name, 'bin')
}

/** Runs the suite with that Node first in the PATH, for all that tests start by name. Resolves to what it counted. */
async function runSuite(folder) {
  const child = spawn(join(folder, 'node'), [join(root, 'scripts', 'test.js'), ...others], {
    cwd: root,
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` },
    stdio: ['inherit', 'pipe', 'inherit'],
  })
  let counted
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    process.stdout.write(text)
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    counted = lines.findLast((line) => /^\d+ passed, \d+ failed$/.test(line)) ?? counted
  })
  const [status] = await once(child, 'close')
  return { status, counted }
}

prepare()
const results = []
for (const version of versions) {
  const folder = installNode(version)
  const { stdout: release } = spawnSync(join(folder, 'node'), ['--version'], { encoding: 'utf8' })
  results.push({ release: release.trim(), ...(await runSuite(folder)) })
}
console.log()
for (const { release, status, counted } of results) console.log(`Node ${release}: ${counted ?? 'no tests were counted'}${status === 0 ? '' : ` (exit status ${status})`}`)
process.exitCode = results.every(({ status }) => status === 0) ? 0 : 1
