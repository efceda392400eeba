import { installPackages } from '../install-packages.js'
import { findJava } from './java.js'

/**
 * Installs Debian's package `zookeeper`, and a Java runtime if there is none, without a question. The package starts
 * nothing: its service is a package of its own. Rejects with the reason when that is not possible or not wanted.
 */
export async function installOnDebian(env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<void> {
  const packages = ['zookeeper', ...((await findJava(env)) === undefined ? ['default-jre-headless'] : [])]
  await installPackages(packages, 'Tests need a ZooKeeper', env, log)
}
