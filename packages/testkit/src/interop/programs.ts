import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The first of these programs that runs with these words; undefined if none does. */
export async function firstThatRuns(programs: readonly string[], args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const program of programs) {
    const runs = await run(program, args, { timeout: 30_000, env }).then(
      () => true,
      () => false,
    )
    if (runs) return program
  }
  return undefined
}
