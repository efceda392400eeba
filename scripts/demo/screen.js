import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { root } from '../workspace.js'

const svc = join(root, 'packages', 'cli', 'bin', 'svc.js')

/** The table of a group: `svc list` itself prints it. */
export async function listed(group, { backend, signal }) {
  const env = { ...process.env, SVC_BACKEND: backend, SVC_ENDPOINT: '' }
  const { stdout } = await promisify(execFile)(process.execPath, [svc, 'list', '--group', group], { env, signal })
  return stdout
}

/** What to look at and what to try. */
export function invitation({ url, backendOption, victim }) {
  return `
The same over HTTP:
  ${url}/v1/service
  ${url}/v1/group

In a second terminal, in this folder:
  npx --no svc list${backendOption}
  npx --no svc run${backendOption} -- sleep 600
  kill -9 ${victim.process}    # ${victim.name}: watch it go

Ctrl-C stops everything. Changes, as they happen:
`
}
