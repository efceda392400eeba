import { messageOf } from '@muster/common'

/** One place that was looked at, and why it did not serve. */
export interface Attempt {
  readonly place: string
  readonly reason: string
}

export interface Located<Provider> {
  readonly provider?: Provider
  /** The places before it, or all of them, with the reason why each did not serve. */
  readonly tried: readonly Attempt[]
}

export type Log = (line: string) => void

/** By name, in the order they are looked at; one that does not serve rejects with the reason. */
export type Places<Provider> = readonly (readonly [place: string, look: (env: NodeJS.ProcessEnv, log: Log) => Promise<Provider>])[]

/** Takes the first place that serves. */
export async function findFirst<Provider>(places: Places<Provider>, log: Log, env: NodeJS.ProcessEnv): Promise<Located<Provider>> {
  const tried: Attempt[] = []
  for (const [place, look] of places) {
    try {
      return { provider: await look(env, log), tried }
    } catch (error) {
      tried.push({ place, reason: messageOf(error) })
    }
  }
  return { tried }
}

/** What people are told when there is none: what was tried, and what to install. */
export function describeTried(what: string, tried: readonly Attempt[], remedies: readonly string[]): string {
  const width = Math.max(...tried.map(({ place }) => place.length))
  return [
    `No ${what} to run the tests with. Tried:`,
    ...tried.map(({ place, reason }) => `  ${place.padEnd(width)}  ${reason}`),
    'Install one of these and run the tests again:',
    ...['Docker, https://docs.docker.com/engine/install; the image is pulled by itself', ...remedies].map((remedy) => `  ${remedy}`),
  ].join('\n')
}

/** What `npm test` has found and put into `variable` as JSON, or what is found now, once, when one test file is run by itself. */
export function providerOf<Provider>(variable: string, locate: (log: Log) => Promise<Located<Provider>>, describeMissing: (tried: readonly Attempt[]) => string): () => Promise<Provider> {
  const find = async (): Promise<Provider> => {
    const given = process.env[variable]
    if (given) return JSON.parse(given) as Provider
    const { provider, tried } = await locate((line) => console.error(line))
    if (!provider) throw new Error(describeMissing(tried))
    return provider
  }
  let found: Promise<Provider> | undefined
  return () => (found ??= find())
}
