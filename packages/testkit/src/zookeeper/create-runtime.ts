import { createJavaRuntime } from './java-runtime.js'
import type { ServerPlan } from './options.js'
import type { Provider } from './provider.js'
import { findProvider } from './find-provider.js'
import type { ServerRuntime } from './runtime.js'

export async function createRuntime(plan: ServerPlan, provider?: Provider): Promise<ServerRuntime> {
  const found = provider ?? (await findProvider())
  return createJavaRuntime(found as never, plan)
}
