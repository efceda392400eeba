import { Coordinator } from '@muster/coordination'

import type { UrlOptions } from '../conformance/backend.js'
import type { Scene } from '../conformance/scene.js'
import { eventually } from '../eventually.js'
import { RemoteProcess } from '../remote-process.js'
import type { CoordinatorFunctions } from './coordinator-process.js'

/** A coordinator in this process; the first player of a scene is `member-1`, and so on. */
export async function open(scene: Scene, options?: UrlOptions): Promise<Coordinator> {
  const memberId = scene.nextName()
  return new Coordinator(await scene.open(options), { memberId })
}

/** One in a process of its own. */
export function start(scene: Scene, options?: UrlOptions): RemoteProcess<CoordinatorFunctions> {
  return scene.own(new RemoteProcess<CoordinatorFunctions>(new URL('./coordinator-process.js', import.meta.url), [scene.store.url(options), scene.nextName()]))
}

/** Resolves when so many stand in the line of a lock. */
export async function inLine(coordinator: Coordinator, lock: string, count: number): Promise<void> {
  await eventually(async () => {
    const found = (await coordinator.getLock(lock).contenders()).length
    if (found !== count) throw new Error(`${found} in line`)
  })
}
