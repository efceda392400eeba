import { previewUpdate } from '@muster/servicegroup'
import type { Service, ServicePatch } from '@muster/servicegroup'

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
    preview: (service, workers) => previewUpdate(service, patch, workers.length),
    carryOut: (group, { uuid }, options) => group.update(uuid, patch, options),
    describe: ({ effective }: Service) => `${done}; for schedulers it is ${effective}`,
  }
}
