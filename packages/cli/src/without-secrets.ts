const secretOption = /([?&][^=&\s]*(?:password|secret|token)(?!_file)[^=&\s]*=)[^&]*/gi

/** As hints write it: nobody's. */
const example = 'user:password@'

/** A URL that may be shown: without passwords, wherever somebody has put them. */
export function withoutSecrets(url: string): string {
  if (/^(embedded|sqlite):/i.test(url)) return url // of a file, which may have an @
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)?([^:@/?]*)[^?]*@/is, (found: string, scheme = '', user: string) => (found === `${scheme}${example}` ? found : `${scheme}${user === '' ? '' : `${user}:`}***@`))
    .replace(secretOption, '$1***')
}

/** A text that may be shown: its URLs without passwords. Those of files, as in a stack, have none, but may have an @. */
export const withoutSecretsIn = (text: string): string => text.replace(/\b(?!file:)[a-z][a-z0-9+.-]*:\/\/\S+/gi, withoutSecrets)

/** Whether a URL tells a password itself, and not only where one is. */
export const hasSecret = (url: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/[^:@/?]*:[^?]*@/is.test(url) || url.search(secretOption) >= 0
