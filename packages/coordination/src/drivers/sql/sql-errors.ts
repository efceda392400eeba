import { NotSupported } from '@muster/common'
import type * as Database from '@muster/database'

/** @muster/database is an optional peer: only those who use this driver install it. */
export async function importDatabase(): Promise<typeof Database> {
  try {
    return await import('@muster/database')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new NotSupported('The embedded backend needs the package @muster/database', { cause, hint: 'npm install @muster/database' })
  }
}
