import { didYouMean, InvalidArgument } from '@muster/common'

/** Where a history is kept. `shown`: for messages, without a password. */
export type HistoryPlace = { readonly kind: 'sqlite'; readonly file: string; readonly shown: string } | { readonly kind: 'postgresql'; readonly url: string; readonly shown: string }

const schemes = ['sqlite', 'postgresql', 'postgres']
const hint = 'Write sqlite:<file>, or postgresql://user@host/database.'

/** Reads `sqlite:<file>`, `sqlite:///file` and `postgresql://...`. @throws InvalidArgument */
export function parseHistoryUrl(text: string): HistoryPlace {
  const [, scheme = '', rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(text) ?? []
  switch (scheme.toLowerCase()) {
    case 'sqlite':
      return sqlitePlace(rest)
    case 'postgresql':
    case 'postgres':
      return postgresqlPlace(text)
    default: // the text may have a password in it
      throw new InvalidArgument('database', scheme === '' ? 'The database is no URL' : `'${scheme}' is no scheme of a database.${didYouMean(scheme, schemes)}`, { hint })
  }
}

function sqlitePlace(rest: string): HistoryPlace {
  const file = rest.startsWith('///') ? rest.slice(2) : rest
  if (file === '' || file.startsWith('//')) throw new InvalidArgument('database', `'sqlite:${rest}' names no file on this host`, { hint })
  return { kind: 'sqlite', file, shown: file }
}

/** What pg reads from the query. */
const options = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslnegotiation', 'uselibpqcompat', 'host', 'port', 'user', 'application_name', 'options']
const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify']

function postgresqlPlace(text: string): HistoryPlace {
  const url = parse(text)
  if (!url || (url.host === '' && url.pathname.length <= 1)) throw new InvalidArgument('database', 'The database is no URL of a PostgreSQL server', { hint })
  for (const [name, value] of url.searchParams) {
    if (!options.includes(name)) throw new InvalidArgument('database', `'${name}' is no option of a PostgreSQL database.${didYouMean(name, options)}`, { hint: `Options: ${options.join(', ')}.` })
    if (name === 'sslmode' && !sslModes.includes(value)) throw new InvalidArgument('database', `'${value}' is no sslmode.${didYouMean(value, sslModes)}`, { hint: `One of ${sslModes.join(', ')}.` })
  }
  return { kind: 'postgresql', url: text, shown: `postgresql://${url.host}${url.pathname}` }
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
