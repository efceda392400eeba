import type { Service, ServicePatch } from '@muster/servicegroup'
import { applyPatch, stateOf } from '@muster/servicegroup/internal'

import type { Write } from './write.js'

interface Update extends Pick<Write, 'verb' | 'isHarmless' | 'undo'> {
  readonly patch: ServicePatch
  /** Said behind its name when it is done: `is disabled`. */
  readonly done: string
}

/** A write that sets fields of the service. */
export function update({ patch, done, ...write }: Update): Write {
  return {
    ...write,
    preview: (service, workers) => {
      const now = Date.now()
      const after = { ...service, ...applyPatch(service, patch, now) }
      const isSame = JSON.stringify(after) === JSON.stringify(service)
      return isSame ? service : { ...after, ...stateOf(after, workers.length, now) }
    },
    carryOut: (group, { uuid }, options) => group.update(uuid, patch, options),
    describe: ({ effective }: Service) => `${done}; for schedulers it is ${effective}`,
  }
}
