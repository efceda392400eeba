import { createJavaRuntime, createJavaSite } from './java-runtime.js'
import type { EnsembleSite, ServerPlan } from './options.js'
import type { Provider } from './provider.js'
import type { ServerRuntime } from '../server-runtime.js'

// testcontainers takes most of a second to load: only where it is needed.
const docker = async () => await import('./docker-runtime.js')

/** What a server will run in; it does not run yet. */
export async function createRuntime(provider: Provider, plan: ServerPlan): Promise<ServerRuntime> {
  return provider.kind === 'java' ? await createJavaRuntime(provider, plan) : await (await docker()).createDockerRuntime(provider, plan)
}

export async function createSite(provider: Provider, ids: readonly number[]): Promise<EnsembleSite> {
  return provider.kind === 'java' ? await createJavaSite(ids) : await (await docker()).createDockerSite(ids)
}
