import { InvalidArgument, settings } from '@muster/common'
import type { Setting } from '@muster/common'

import type { Io } from '../io.js'
import { withEnvironment } from '../io.js'
import { findConfig } from './find-config.js'

/**
 * The surroundings with what the file of settings says below what the environment says: whoever reads `env` finds both, and
 * nobody asks twice. A host without such a file loads nothing for it. `given`: the file that `--config` names.
 * @throws InvalidArgument for a file with mistakes, which says where the first is
 */
export async function withConfig(io: Io, given: string | undefined): Promise<Io> {
  const file = findConfig(io.env, given)
  if (file === undefined || file.text.trim() === '') return io
  const { readConfig } = await import('./read-config.js')
  const { values, mistakes: [first, ...others] } = readConfig(file)
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`
    throw new InvalidArgument('config', `${first}${more}`, { hint: `svc config check ${file.path} tells all that is wrong with it.` })
  }
  const env: Record<string, string | undefined> = { ...io.env }
  const fromFile: Record<string, string> = {}
  for (const { name, value, place } of values) {
    const { variable, fallback = variable, rival = variable }: Setting = settings[name]
    if ([variable, fallback, rival].some((set) => io.env[set])) continue
    env[variable] = value
    fromFile[variable] = place
  }
  return withEnvironment(io, env, fromFile)
}
