import { afterEach, beforeEach } from '@jest/globals'

import type { ClusterHandle } from '../cluster-handle.js'
import { openProvisioning } from '../open-provisioning.js'
import type { ProvisioningOptions } from '../open-provisioning.js'
import type { Provisioning } from '../provisioning.js'
import type { StepHandle } from '../step-handle.js'
import type { NewStep } from '../store.js'

/** What the situations of every database share; what a test opens is closed after it. */
export class Scene {
  #opened: Provisioning[] = []

  constructor(
    readonly url: () => string,
    readonly openAt: typeof openProvisioning = openProvisioning,
  ) {
    beforeEach(() => {
      this.#opened = []
    })
    afterEach(() => Promise.all(this.#opened.map((provisioning) => provisioning.close())))
  }

  readonly open = async (options: ProvisioningOptions = {}): Promise<Provisioning> => {
    const provisioning = await this.openAt(this.url(), options)
    this.#opened.push(provisioning)
    return provisioning
  }
}

export const launching = (total: number, more: Partial<NewStep> = {}): NewStep => ({ name: 'Launching instances', type: 'creating', total, ...more })
export const oks = (step: StepHandle, names: readonly string[]): Promise<unknown> => Promise.all(names.map((instance) => step.ok({ instance })))
export const names = (count: number, prefix = 'i'): string[] => Array.from({ length: count }, (_, index) => `${prefix}${index}`)
export const eventCount = async (cluster: ClusterHandle): Promise<number> => (await cluster.events({ limit: 1000 })).events.length
