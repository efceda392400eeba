import { didYouMean, InvalidArgument } from '@muster/common'

/** A backend URL taken apart: `scheme:rest?option=value`. */
export interface BackendUrl {
  readonly scheme: string
  /** What stands between the scheme and the options. */
  readonly rest: string
  readonly options: ReadonlyMap<string, string>
}

/** @throws InvalidArgument, with a suggestion, when the scheme is none of `schemes`. */
export function parseBackendUrl(url: string, schemes: readonly string[]): BackendUrl {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(url)
  const scheme = match?.[1]?.toLowerCase()
  if (scheme === undefined || !schemes.includes(scheme)) {
    const hint = scheme === undefined ? `Write embedded:${url} for a folder on this host.` : `Known: ${schemes.map((known) => `${known}:`).join(' ')}`
    throw new InvalidArgument('backend', scheme === undefined ? `'${url}' is not a backend URL.` : `Unknown backend '${scheme}'.${didYouMean(scheme, schemes)}`, { hint })
  }
  const [rest, query] = splitOnce(match?.[2] ?? '', '?')
  const options = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    if (options.has(name)) throw new InvalidArgument(name, `The option '${name}' is given twice in the backend URL`)
    options.set(name, value)
  }
  return { scheme, rest, options }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** @throws InvalidArgument, with a suggestion, for an option that is none of `known`. */
export function checkOptions({ options, scheme }: BackendUrl, known: readonly string[]): void {
  for (const name of options.keys()) {
    if (known.includes(name)) continue
    throw new InvalidArgument(name, `Unknown option '${name}' in the ${scheme} URL.${didYouMean(name, known)}`, { hint: `Known: ${known.join(', ')}` })
  }
}
