import { describeMissing, locateZooKeeper } from './locate.js'
import type { Provider } from './provider.js'

/** Set by `npm test`, which looks once for all test processes: the provider as JSON. */
export const providerVariable = 'SVC_TEST_ZOOKEEPER'

let found: Promise<Provider> | undefined

/** What `npm test` has found, or what is found now, when one test file is run by itself. */
export function findProvider(): Promise<Provider> {
  found ??= find()
  return found
}

async function find(): Promise<Provider> {
  const given = process.env[providerVariable]
  if (given) return JSON.parse(given) as Provider
  const { provider, tried } = await locateZooKeeper((line) => console.error(line))
  if (!provider) throw new Error(describeMissing(tried))
  return provider
}
