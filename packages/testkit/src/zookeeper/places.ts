import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { messageOf } from '@muster/common'

import { askVersion, findJava } from './java.js'
import type { JavaProvider } from './provider.js'

const debianJars = '/usr/share/java'

/** An unpacked release of ZooKeeper: jars in its folder or in `lib`. Rejects with the reason when it does not serve. */
export async function lookInHome(env: NodeJS.ProcessEnv): Promise<JavaProvider> {
  const home = env['ZOOKEEPER_HOME']
  if (!home) throw new Error('not set')
  const jars = (await Promise.all([join(home, 'lib'), home].map(jarsOf))).flat()
  if (!jars.some((jar) => /[\\/]zookeeper-?[\d.]*(-SNAPSHOT)?\.jar$/.test(jar))) throw new Error(`${home} has no zookeeper.jar, nor has its folder lib`)
  // The folder conf holds how it logs; without it some versions write every detail.
  return await toProvider(env, `ZOOKEEPER_HOME (${home})`, [join(home, 'conf'), ...jars])
}

/** Debian's package `zookeeper`. The manifest of its jar names the jars it needs, save the ones that log and those for TLS. */
export async function lookInDebian(env: NodeJS.ProcessEnv): Promise<JavaProvider> {
  const jar = join(debianJars, 'zookeeper.jar')
  if (!existsSync(jar)) throw new Error(`there is no ${jar}`)
  const more = ['slf4j-simple', 'netty-codec', 'netty-resolver', 'netty-transport-native-unix-common']
  return await toProvider(env, "Debian's package zookeeper", [jar, ...more.map((name) => join(debianJars, `${name}.jar`)).filter((path) => existsSync(path))])
}

async function jarsOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => name.endsWith('.jar')).map((name) => join(folder, name))
}

async function toProvider(env: NodeJS.ProcessEnv, source: string, classpath: readonly string[]): Promise<JavaProvider> {
  const java = await findJava(env)
  if (java === undefined) throw new Error('it is there, but no Java: none in JAVA_HOME and none on PATH')
  try {
    return { kind: 'java', source, version: await askVersion(java, classpath), java, classpath }
  } catch (cause) {
    throw new Error(`it is there, but ${java} cannot run it: ${messageOf(cause)}`, { cause })
  }
}
