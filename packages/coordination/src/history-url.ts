import { dirname, join } from 'node:path'

import { defaultDataFolder } from '@muster/common'

import { parseBackendUrl } from './backend-url.js'
import { parseSqlOptions } from './drivers/sql/sql-options.js'

const defaultNamespace = 'tooz'

/** Where the history of a backend is kept unless it is said: beside the embedded store, one for each namespace; of others in the data folder. */
export function historyUrlOf(backend: string, env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (!/^embedded:/i.test(backend) || backend === 'embedded:') return `sqlite:${join(defaultDataFolder(env), 'history.db')}`
  const { file, namespace } = parseSqlOptions(parseBackendUrl(backend, ['embedded']))
  return `sqlite:${join(dirname(file), namespace === defaultNamespace ? 'history.db' : `history-${namespace}.db`)}`
}
