import { existsSync, readFileSync } from 'node:fs'

import { defaultConfigFiles, InvalidArgument, messageOf, namedConfigFile } from '@muster/common'

import type { Io } from '../io.js'

/** A file of settings as it is on disk. */
export interface ConfigFile {
  readonly path: string
  readonly text: string
}

/**
 * The one file of settings that counts: the one that is named, by `--config` or else `SVC_CONFIG`, else the first that is
 * there of the user's own and the host's. The folder one happens to be in is not looked at: what it holds may be anybody's.
 * @throws InvalidArgument for a file that is there, or was named, and cannot be read
 */
export function findConfig(env: Io['env'], given: string | undefined): ConfigFile | undefined {
  const path = given ?? namedConfigFile(env) ?? defaultConfigFiles(env).find((file) => existsSync(file))
  return path === undefined ? undefined : openConfig(path)
}

/** @throws InvalidArgument for a file that cannot be read */
export function openConfig(path: string): ConfigFile {
  try {
    return { path, text: readFileSync(path, 'utf8') }
  } catch (cause) {
    throw new InvalidArgument('config', `Cannot read ${path}: ${messageOf(cause)}`, { cause, hint: 'Name another file by --config or SVC_CONFIG; /dev/null is a file without settings.' })
  }
}
