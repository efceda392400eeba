import { messageOf } from '@muster/common'

import { installPackages } from '../install-packages.js'
import { firstThatRuns } from './programs.js'

/** The Python programs that Muster works with. */
export interface PythonSystems {
  /** A Python that has tooz and kazoo. */
  readonly python: string
  /** The command `vitrage`. */
  readonly vitrage: string
}

const debianPackages = ['python3-tooz', 'python3-vitrageclient'] as const

// Debian's own Python first: another one on PATH does not see Debian's packages.
const pythons = ['/usr/bin/python3', 'python3']
const vitrages = ['/usr/bin/vitrage', 'vitrage']

let found: Promise<PythonSystems> | undefined

/** Looks once. Rejects with what is missing and what to install. */
export function findPythonSystems(): Promise<PythonSystems> {
  found ??= look(process.env)
  return found
}

/** Looks, and installs Debian's packages where it may. `log` gets a line when it does. */
export async function providePythonSystems(log: (line: string) => void, env: NodeJS.ProcessEnv = process.env): Promise<PythonSystems> {
  try {
    return await look(env)
  } catch (missing) {
    try {
      await installPackages(debianPackages, 'Tests need tooz and the client of Vitrage', env, log)
    } catch (cause) {
      throw new Error(`${messageOf(missing)}\nThey were not installed here: ${messageOf(cause)}`, { cause })
    }
  }
  return await look(env)
}

async function look(env: NodeJS.ProcessEnv): Promise<PythonSystems> {
  const [python, vitrage] = await Promise.all([firstThatRuns(pythons, ['-c', 'import kazoo, tooz.coordination'], env), firstThatRuns(vitrages, ['--version'], env)])
  if (python !== undefined && vitrage !== undefined) return { python, vitrage }
  const missing = [...(python === undefined ? ['no Python with tooz and kazoo'] : []), ...(vitrage === undefined ? ['no command vitrage'] : [])]
  throw new Error(
    [
      `No Python systems to run the tests with: there is ${missing.join(' and ')}. Install them and run the tests again:`,
      `  on Debian or Ubuntu: sudo apt-get install ${debianPackages.join(' ')}`,
      `  elsewhere: pip install 'tooz[zookeeper]' python-vitrageclient`,
    ].join('\n'),
  )
}

