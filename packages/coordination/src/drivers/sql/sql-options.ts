import { join, resolve } from 'node:path'

import { defaultDataFolder, InvalidArgument, parseDuration } from '@muster/common'

import { checkOptions } from '../../backend-url.js'
import type { BackendUrl } from '../../backend-url.js'

export interface SqlOptions {
  /** The SQLite file. */
  readonly file: string
  /** Separates applications within one store; default `tooz`, as in tooz. */
  readonly namespace: string
  /**
   * How long a session outlives the last sign of life of a process that is there but does not answer (stopped,
   * hung). A process that is gone is noticed at once. Default 10 s, 1 s to 1 h; renewals are six times as frequent.
   */
  readonly timeoutMs: number
}

const defaultTimeout = '10s'
const [shortestMs, longestMs] = [1000, 3_600_000]

/** Reads `embedded:`, `embedded:<dir>`, `embedded:///dir`, each with `?timeout=10s&namespace=tooz`. */
export function parseSqlOptions(url: BackendUrl): SqlOptions {
  checkOptions(url, ['timeout', 'namespace'])
  const timeoutMs = parseDuration(url.options.get('timeout') ?? defaultTimeout, 'timeout')
  if (timeoutMs < shortestMs || timeoutMs > longestMs) {
    throw new InvalidArgument('timeout', `timeout: ${url.options.get('timeout') ?? ''} is out of range`, { hint: 'Give 1s to 1h.' })
  }
  const namespace = url.options.get('namespace') ?? 'tooz'
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(namespace)) {
    throw new InvalidArgument('namespace', `namespace: ${JSON.stringify(namespace)} is not allowed`, { hint: 'Use 1 to 100 of A-Z a-z 0-9 . _ -' })
  }
  return { file: join(folderOf(url.rest), 'store.db'), namespace, timeoutMs }
}

function folderOf(rest: string): string {
  if (rest === '' || rest === '//') return defaultDataFolder()
  if (!rest.startsWith('//')) return resolve(rest)
  if (rest.startsWith('///')) {
    try {
      return resolve(decodeURIComponent(rest.slice(2)))
    } catch {
      // Falls through to the same error: the path has a broken %XX.
    }
  }
  throw new InvalidArgument('backend', `'embedded:${rest}' names no folder on this host`, { hint: 'Write embedded:<folder> or embedded:///folder.' })
}
