import { messageOf } from '@muster/common'

import { installPackages } from '../install-packages.js'
import { firstThatRuns } from './programs.js'

/** The shells that `svc completion` writes for, and what gives them a terminal; Debian's packages have the same names. */
const programs = ['bash', 'zsh', 'fish', 'script'] as const
const packageOf = (program: string): string => (program === 'script' ? 'bsdutils' : program)

/** Makes sure that the shells are there; installs Debian's packages where it may. Rejects with what is missing and what to install. */
export async function provideShells(log: (line: string) => void, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const missing = await missingOf(env)
  if (missing.length === 0) return
  const packages = missing.map(packageOf)
  try {
    await installPackages(packages, 'Tests need the shells that svc completion writes for', env, log)
  } catch (cause) {
    const reason = messageOf(cause)
    throw new Error([`No ${missing.join(', no ')} to run the tests with. Install and run the tests again:`, `  on Debian or Ubuntu: sudo apt-get install ${packages.join(' ')}`, `They were not installed here: ${reason}`].join('\n'), { cause })
  }
  const left = await missingOf(env)
  if (left.length > 0) throw new Error(`${left.join(', ')} cannot be run, although installed`)
}

async function missingOf(env: NodeJS.ProcessEnv): Promise<string[]> {
  const found = await Promise.all(programs.map((program) => firstThatRuns([program], ['--version'], env)))
  return programs.filter((_, index) => found[index] === undefined)
}
