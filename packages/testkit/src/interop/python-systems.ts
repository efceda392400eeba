import { messageOf } from '@muster/common'

import { installPackages } from '../install-packages.js'
import { firstThatRuns } from './programs.js'

/** The Python programs that Muster works with. */
export interface PythonSystems {
  /** A Python that has tooz, kazoo, oslo.messaging and the client of Sahara. */
  readonly python: string
  /** The command `vitrage`. */
  readonly vitrage: string
  /** The command `openstack`, with the plugin of Sahara. */
  readonly openstack: string
  /** The command `nova`. */
  readonly nova: string
}

const debianPackages = ['python3-tooz', 'python3-oslo.messaging', 'python3-vitrageclient', 'python3-openstackclient', 'python3-novaclient', 'python3-saharaclient'] as const

// Debian's own Python first: another one on PATH does not see Debian's packages.
const pythons = ['/usr/bin/python3', 'python3']
const commands = ['vitrage', 'openstack', 'nova'] as const

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
      await installPackages(debianPackages, 'Tests need tooz, oslo.messaging and the clients of Vitrage, Nova and Sahara', env, log)
    } catch (cause) {
      throw new Error(`${messageOf(missing)}\nThey were not installed here: ${messageOf(cause)}`, { cause })
    }
  }
  return await look(env)
}

async function look(env: NodeJS.ProcessEnv): Promise<PythonSystems> {
  const [python, ...found] = await Promise.all([firstThatRuns(pythons, ['-c', 'import kazoo, oslo_messaging, saharaclient, tooz.coordination'], env), ...commands.map((name) => firstThatRuns([`/usr/bin/${name}`, name], ['--version'], env))])
  const [vitrage, openstack, nova] = found
  if (python !== undefined && vitrage !== undefined && openstack !== undefined && nova !== undefined) return { python, vitrage, openstack, nova }
  const missing = [...(python === undefined ? ['no Python with tooz, kazoo, oslo.messaging and saharaclient'] : []), ...commands.flatMap((name, index) => (found[index] === undefined ? [`no command ${name}`] : []))]
  throw new Error(
    [
      `No Python systems to run the tests with: there is ${missing.join(' and ')}. Install them and run the tests again:`,
      `  on Debian or Ubuntu: sudo apt-get install ${debianPackages.join(' ')}`,
      `  elsewhere: pip install 'tooz[zookeeper]' oslo.messaging python-vitrageclient python-openstackclient python-novaclient python-saharaclient`,
    ].join('\n'),
  )
}

