import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import type { SystemUser } from '../tied-process.js'
import type { ProgramsProvider } from './provider.js'

const run = promisify(execFile)
const debianFolder = '/usr/lib/postgresql'

/** The newest server of Debian's packages `postgresql-N`. Rejects with the reason when there is none. */
export async function lookInDebian(): Promise<ProgramsProvider> {
  const versions = (await readdir(debianFolder).catch(() => [])).map(Number).filter((version) => version > 0)
  const folders = versions.sort((a, b) => b - a).map((version) => join(debianFolder, String(version), 'bin'))
  const folder = folders.find((candidate) => ['initdb', 'postgres'].every((program) => existsSync(join(candidate, program))))
  if (folder === undefined) throw new Error(`there is no ${debianFolder}/*/bin/postgres`)
  const { stdout } = await run(join(folder, 'postgres'), ['--version'], { timeout: 20_000 })
  return { kind: 'programs', source: `Debian's ${stdout.trim()}`, folder, ...(process.getuid?.() === 0 && { user: await someUser() }) }
}

/** Whom root lets it run as: the package's own user, or nobody. */
async function someUser(): Promise<SystemUser> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const found = ['postgres', 'nobody'].map((name) => users.find((user) => user[0] === name)).find((user) => user !== undefined)
  if (!found) throw new Error('it is there, but root may not run it, and there is neither a user postgres nor nobody')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}
