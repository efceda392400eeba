import { messageOf } from '@muster/common'
import type { ContainerRuntimeClient } from 'testcontainers'

import { within } from '../within.js'

/** A Docker engine for servers of tests. Plain data: `npm test` looks once and hands it to its workers as JSON. */
export interface DockerProvider {
  readonly kind: 'docker'
  /** Where it was found, for people. */
  readonly source: string
  readonly image: string
}

const answerTimeoutMs = 2000
const pullTimeoutMs = 5 * 60_000

/** A Docker engine that answers within 2 s and has the image or can pull it. Rejects with the reason when it does not serve. */
export async function lookAtDocker(image: string, log: (line: string) => void): Promise<DockerProvider> {
  const { ImageName, getContainerRuntimeClient } = await import('testcontainers') // takes 0.7 s
  const engine = await within(getContainerRuntimeClient(), answerTimeoutMs, 'its answer').catch((cause: unknown) => {
    throw new Error(`no engine answers: ${messageOf(cause)}`, { cause })
  })
  const name = ImageName.fromString(image)
  if (!(await hasImage(engine, name))) {
    log(`Pulling ${name.string} for the tests`)
    await within(engine.image.pull(name), pullTimeoutMs, `pulling ${name.string}`)
    // A pull that the registry ends half-way is no error of the client.
    if (!(await hasImage(engine, name))) throw new Error(`${name.string} could not be pulled`)
  }
  return { kind: 'docker', source: `Docker ${String(engine.info.containerRuntime.serverVersion)}`, image }
}

function hasImage(engine: ContainerRuntimeClient, name: Parameters<ContainerRuntimeClient['image']['exists']>[0]): Promise<boolean> {
  return within(engine.image.exists(name), answerTimeoutMs, 'the list of images')
}
