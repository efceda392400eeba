import { isMusterError } from '@muster/common'
import { Sqlite } from '@muster/database'

/** Opens the file of an embedded store as it is, whatever number of migrations it has; for what no session tells. */
export async function openRawStore(file: string, migrations: readonly string[] = []): Promise<Sqlite> {
  try {
    const database = await Sqlite.open({ file, create: false, migrations }, { timeoutMs: 5000 })
    if (database) return database
  } catch (error) {
    if (isMusterError(error, 'not_supported') && migrations.length < 100) return openRawStore(file, [...migrations, ''])
    throw error
  }
  throw new Error(`${file} is not there`)
}
