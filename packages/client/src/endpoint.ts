import { InvalidArgument } from '@muster/common'

const example = 'for example http://127.0.0.1:8999'

/**
 * The base URL of a server, ending in a slash; it may have a path of its own.
 * @throws InvalidArgument when it is no URL of HTTP, or has what a base URL cannot have; it shows nothing that may be a secret
 */
export function parseEndpoint(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url === undefined) throw new InvalidArgument('endpoint', `${/[@?]/.test(endpoint) ? 'The endpoint' : `'${endpoint}'`} is not a URL`, { hint: `Write it with its scheme, ${example}.` })
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    const hint = `An endpoint begins with http:// or https://, ${example}; the URL of a backend is for --backend.`
    throw new InvalidArgument('endpoint', `An endpoint cannot begin with '${url.protocol}'`, { hint })
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidArgument('endpoint', 'An endpoint cannot hold a user or a password', { hint: `Leave them out, ${example}.` })
  }
  if (url.search !== '' || url.hash !== '') {
    throw new InvalidArgument('endpoint', 'An endpoint cannot end in a query or a fragment', { hint: `End it with the host or a path, ${example}.` })
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}
