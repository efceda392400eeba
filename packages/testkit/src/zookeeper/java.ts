import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Absolute path of the Java of JAVA_HOME or else of PATH, if one of them has it. */
export async function findJava(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { JAVA_HOME, PATH = '' } = env
  const folders = [...(JAVA_HOME ? [join(JAVA_HOME, 'bin')] : []), ...PATH.split(delimiter).filter((folder) => folder !== '')]
  for (const folder of folders) {
    const program = join(folder, process.platform === 'win32' ? 'java.exe' : 'java')
    const isThere = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return program
  }
  return undefined
}

/** The version that the ZooKeeper of a class path says it is. Rejects when it cannot be run. */
export async function askVersion(java: string, classpath: readonly string[]): Promise<string> {
  const { stdout } = await run(java, ['-cp', classpath.join(delimiter), 'org.apache.zookeeper.version.VersionInfoMain'], { timeout: 20_000 })
  const version = /version (\d+\.\d+\.\d+\S*?)[-, ]/.exec(stdout)?.[1]
  if (version === undefined) throw new Error(`it says ${JSON.stringify(stdout.slice(0, 200))}`)
  return version
}
