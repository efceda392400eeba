import { readFileSync } from 'node:fs'

import { InvalidArgument, messageOf } from '@muster/common'

import { settingOption, settle } from './config/settle.js'
import type { Io } from './io.js'

/** The options by which a command shows a server who it is, and knows whom it talks to. */
export const accessOptions = {
  'token-file': settingOption('tokenFile', 'File with the token for the server'),
  'ca-file': settingOption('caFile', 'https: certificate of the authority that signed the server\'s'),
  'cert-file': settingOption('certFile', 'https: certificate of this client, if the server wants one'),
  'key-file': settingOption('keyFile', 'https: its key'),
} as const

export type AccessArguments = { readonly [Option in keyof typeof accessOptions]?: string | undefined }

/** The files by which a server is asked. */
export interface ServerAccess {
  /** Given by the option: goes before `SVC_TOKEN`. */
  readonly givenTokenFile: string | undefined
  readonly tokenFile: string | undefined
  readonly caFile: string | undefined
  readonly certFile: string | undefined
  readonly keyFile: string | undefined
}

/** What holds of them: the options, else the environment, else the file of settings. */
export function settleAccess(args: AccessArguments, io: Pick<Io, 'env'>): ServerAccess {
  const [ca, cert, key] = [settle('caFile', args['ca-file'], io), settle('certFile', args['cert-file'], io), settle('keyFile', args['key-file'], io)]
  return { givenTokenFile: args['token-file'], tokenFile: settle('tokenFile', undefined, io).value, caFile: ca.value, certFile: cert.value, keyFile: key.value }
}

/** The token to send: of the file that the option names, else `SVC_TOKEN`, else of the file in the settings. It is never an option itself: others see those. @throws InvalidArgument */
export function readToken({ givenTokenFile, tokenFile }: ServerAccess, env: Io['env']): string | undefined {
  const path = givenTokenFile ?? (env.SVC_TOKEN ? undefined : tokenFile)
  if (path === undefined) return env.SVC_TOKEN ? checked(env.SVC_TOKEN.trim()) : undefined
  const token = read('token-file', path).trim()
  if (token === '') throw new InvalidArgument('token-file', `There is no token in ${path}`, { hint: 'svc token create prints one: svc token create --role reader > FILE' })
  return checked(token)
}

/** @throws InvalidArgument for what no header can carry, without telling it */
function checked(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new InvalidArgument('token', 'The token has spaces or characters that no token has', { hint: 'SVC_TOKEN_FILE names a file that holds the token alone.' })
}

/** What a TLS connection is made with; empty without any of the files. */
export interface TlsFiles {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/** @throws InvalidArgument for a file that cannot be read, and for a certificate without its key */
export function readTlsFiles({ caFile, certFile, keyFile }: ServerAccess): TlsFiles {
  if ((certFile === undefined) !== (keyFile === undefined)) throw new InvalidArgument('cert-file', 'A client\'s certificate needs its key, and a key its certificate', { hint: 'Give --cert-file and --key-file, or SVC_CERT_FILE and SVC_KEY_FILE.' })
  return {
    ...(caFile !== undefined && { ca: read('ca-file', caFile) }),
    ...(certFile !== undefined && { cert: read('cert-file', certFile) }),
    ...(keyFile !== undefined && { key: read('key-file', keyFile) }),
  }
}

function read(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new InvalidArgument(option, `Cannot read ${path}: ${messageOf(cause)}`, { cause })
  }
}
