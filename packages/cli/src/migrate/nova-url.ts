import { InvalidArgument } from '@muster/common'

import { withoutSecrets } from '../without-secrets.js'

/** Where a Nova is asked. */
export interface NovaUrl {
  /** As it may be shown. */
  readonly name: string
  /** Its version document. */
  readonly versions: URL
  readonly services: URL
}

const hint = 'Write it as nova+http://host:8774/v2.1, or nova+https://host/compute/v2.1; the token is taken from SVC_TOKEN_FILE.'

export const isNova = (url: string): boolean => /^nova\b/i.test(url)

/** Reads `nova+http://host:8774/v2.1`, also with a project behind it as in Keystone's catalogue. @throws InvalidArgument */
export function parseNovaUrl(text: string): NovaUrl {
  const [, address = ''] = /^nova\+(https?:.*)$/is.exec(text) ?? []
  const url = URL.canParse(address) ? new URL(address) : undefined
  const name = withoutSecrets(text)
  if (!url) throw new InvalidArgument('from', `'${name}' is no URL of a Nova`, { hint })
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') throw new InvalidArgument('from', `'${name}': the URL of a Nova has no user, no password and no options`, { hint })
  const [, versions, project = ''] = /^(.*\/v2\.1)(\/[^/]+)?\/?$/.exec(url.pathname) ?? []
  if (versions === undefined) throw new InvalidArgument('from', `'${name}' does not end in v2.1, the API that is read`, { hint })
  return { name, versions: new URL(`${versions}/`, url), services: new URL(`${versions}${project}/os-services`, url) }
}
