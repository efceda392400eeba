import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { freePort } from '../free-port.js'
import { temporaryFolder } from '../temporary-folder.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const binFolder = join(root, 'node_modules', '.bin')
/** What `npx --no` comes to where the command is installed; to find that out takes it most of a second each time. */
const shortNpx = `npx() { [ "$1" = --no ] && shift && "${binFolder}/$@"; }`
export const files = ['README.md', 'CONTRIBUTING.md', 'docker/README.md', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`)].filter((file) => existsSync(join(root, file)))

export interface Block {
  readonly file: string
  readonly tag: string
  readonly text: string
  readonly name: string
}

/** Fenced blocks: `sh` is run by a shell, `js` as a module, an untagged one holds commands that another suite runs; others are no commands. */
export const blocks: readonly Block[] = files.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^```(\w*)\n(.*?)^```/gms)].map(([, tag = '', text = ''], index) => ({ file, tag, text, name: `${file}, block ${index + 1}` })),
)

const zooKeeperAddress = '127.0.0.1:2181'

/** True for a block that is about a ZooKeeper server at its usual place. */
export const needsZooKeeper = ({ text }: Block): boolean => text.includes(zooKeeperAddress)

/** Runs a block in the root folder with a store and a port of its own; everything it started is ended with it. */
export async function run({ tag, text }: Block, zooKeeper = zooKeeperAddress): Promise<string> {
  await using folder = await temporaryFolder()
  const port = await freePort()
  const isolated = text
    .replaceAll('8999', String(port))
    .replaceAll(zooKeeperAddress, zooKeeper)
    .replaceAll("'/tmp/muster-'", `'${folder.path}/'`)
    .replaceAll('`/tmp/', `\`${folder.path}/`)
  const [command, ...args] = tag === 'sh' ? ['sh', '-ec', `${shortNpx}\n${isolated}`] : [process.execPath, '--input-type=module', '-e', isolated]
  const child = spawn(command, args, {
    cwd: root,
    detached: true, // a process group of its own, so that what runs in its background can be ended
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', XDG_STATE_HOME: folder.path, SVC_PORT: String(port), SVC_BACKEND: '', SVC_ENDPOINT: '', SVC_CONFIG: '/dev/null' },
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
