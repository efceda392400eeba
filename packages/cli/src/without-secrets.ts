/** A URL that may be shown: without passwords, wherever somebody has put them. */
export function withoutSecrets(url: string): string {
  if (/^embedded:/i.test(url)) return url
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)?([^:@/?]*)[^?]*@/is, (_, scheme: string | undefined, user: string) => `${scheme ?? ''}${user === '' ? '' : `${user}:`}***@`)
    .replace(/([?&][^=&]*(?:password|secret|token)(?!_file)[^=&]*=)[^&]*/gi, '$1***')
}
