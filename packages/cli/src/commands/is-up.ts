import { isMusterError } from '@muster/common'

import { defineCommand } from '../command.js'
import { say } from '../io.js'
import { findService, target } from '../services/find-service.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'

/** It is down, or nobody knows it. */
const downStatus = 5

export const command = defineCommand({
  name: 'is-up',
  help: `Tells whether a service is up: it has a live worker and is not forced down. Exits with 0 when it is, 5 when not.

  svc is-up nova-compute@host1 && ./use-it
  svc is-up host1

Whether it is enabled does not count: svc show TARGET -f value -c effective tells what schedulers should use.`,
  options: { ...targetOptions },
  argument: target,
  run: async (args, io, _, word = '') => {
    const state = await withReader(resolveTarget(args, io.env), io, async (reader) => {
      try {
        return (await findService(reader, word)).state
      } catch (error) {
        if (!isMusterError(error, 'not_found')) throw error
        say(io, error.message)
        return 'down'
      }
    })
    await io.write(`${state}\n`)
    return state === 'up' ? 0 : downStatus
  },
})
