import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

import { NotSupported } from '@muster/common'

/** What Muster uses of SQLite; `node:sqlite` and @photostructure/sqlite both have this shape. */
export interface Engine {
  exec(sql: string): void
  prepare(sql: string): EngineStatement
  close(): void
}

export type SqlValue = null | number | bigint | string | Uint8Array

export interface EngineStatement {
  run(...values: SqlValue[]): { changes: number | bigint }
  get(...values: SqlValue[]): unknown
  all(...values: SqlValue[]): unknown[]
  /** What its rows have; none for a statement that gives no rows. */
  columns(): readonly unknown[]
}

interface EngineModule {
  DatabaseSync: new (file: string, options: { timeout: number; readOnly?: boolean }) => Engine
}

/** A concurrent checkpoint and commit can lose commits in every version before this one (the WAL-reset bug). */
const oldestSafeVersion = '3.51.3'

/** True when `version` has the fix of the WAL-reset bug. */
export function isSafeVersion(version: string): boolean {
  const parts = version.split('.').map(Number)
  for (const [index, floor] of oldestSafeVersion.split('.').map(Number).entries()) {
    const part = parts[index] ?? 0
    if (part !== floor) return part > floor
  }
  return true
}

/** The engine built into Node from 24 on where it is safe (22 prints a warning at each start), else the prebuilt one. */
async function chooseEngine(): Promise<EngineModule> {
  if (Number(process.versions.node.split('.')[0]) >= 24) {
    const name = 'node:sqlite' // not in the types of Node 20
    const builtIn = (await import(name)) as EngineModule
    if (isSafeVersion(versionOf(builtIn))) return builtIn
  }
  const prebuilt = requirePrebuilt()
  const version = versionOf(prebuilt)
  if (isSafeVersion(version)) return prebuilt
  throw new NotSupported(`SQLite ${version} can lose commits; ${oldestSafeVersion} or newer is needed`, { hint: installHint })
}

const installHint = 'npm install @photostructure/sqlite@1.2.1'

/** By `require`, which loads the package's one file in half the time of an import: it is on the path of `svc list`. */
function requirePrebuilt(): EngineModule {
  try {
    return createRequire(import.meta.url)('@photostructure/sqlite') as EngineModule
  } catch (cause) {
    throw new NotSupported('The embedded store needs the package @photostructure/sqlite', { cause, hint: installHint })
  }
}

/** Asked of a store in memory: a file may be locked by another process at any moment. */
function versionOf(engine: EngineModule): string {
  const memory = new engine.DatabaseSync(':memory:', { timeout: 0 })
  try {
    return (memory.prepare('SELECT sqlite_version() AS version').get() as { version: string }).version
  } finally {
    memory.close()
  }
}

export interface ReadingOptions {
  /** Nobody writes it meanwhile: it is read without locks, and without its side files. */
  readonly isStill: boolean
}

let chosen: Promise<EngineModule> | undefined

/** Opens a connection that can write nothing; it reads nothing yet. @throws as `openEngine` */
export async function openReader(file: string, busyTimeoutMs: number, { isStill }: ReadingOptions): Promise<Engine> {
  chosen ??= chooseEngine()
  const { DatabaseSync } = await chosen
  return new DatabaseSync(isStill ? `${pathToFileURL(file).href}?immutable=1` : file, { timeout: busyTimeoutMs, readOnly: true })
}

/**
 * Opens a connection with the safest engine there is; reads nothing yet. A lock is waited for at most `busyTimeoutMs`,
 * because the wait blocks the event loop. @throws NotSupported when no safe engine is installed.
 */
export async function openEngine(file: string, busyTimeoutMs: number): Promise<Engine> {
  chosen ??= chooseEngine()
  const { DatabaseSync } = await chosen
  return new DatabaseSync(file, { timeout: busyTimeoutMs })
}
