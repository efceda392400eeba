import { readFileSync } from 'node:fs'

import { InvalidArgument } from '@muster/common'

import type { Io } from '../io.js'

/** The token of the file that `SVC_TOKEN_FILE` names, else of `SVC_TOKEN`; undefined without both. @throws InvalidArgument */
export function readToken(env: Io['env']): string | undefined {
  const token = env.SVC_TOKEN_FILE ? readSecret(env.SVC_TOKEN_FILE) : env.SVC_TOKEN
  if (token === undefined || token === '') return undefined
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new InvalidArgument('token', 'The token has spaces or characters that no token has', { hint: 'SVC_TOKEN_FILE names a file that holds the token alone.' })
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new InvalidArgument('SVC_TOKEN_FILE', `SVC_TOKEN_FILE: ${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, { cause })
  }
}
