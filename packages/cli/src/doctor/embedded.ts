import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

import { backendSchemes, inspectStore, parseBackendUrl, parseSqlOptions } from '@muster/coordination/internal'
import type { StoreInspection } from '@muster/coordination/internal'
import { networkFileSystemOf } from '@muster/database'

import { fail, ok, skip, warn } from './check.js'
import type { Check, Family, Finding } from './check.js'

/** What can be wrong with the embedded store of this host. @throws InvalidArgument */
export function embeddedFamily(url: string): Family {
  const { file } = parseSqlOptions(parseBackendUrl(url, backendSchemes))
  const folder = dirname(file)
  let inspection: StoreInspection | undefined
  const inspected = (judge: (store: StoreInspection) => Finding): Check['look'] => () => Promise.resolve(inspection ? judge(inspection) : skip('the store could not be opened'))
  const open: Check['look'] = async (signal) => {
    inspection = await inspectStore(file, { timeoutMs: 1500, signal })
    return inspection ? ok(`${file}, ${inspection.entries} ${inspection.entries === 1 ? 'entry' : 'entries'}, SQLite ${inspection.sqliteVersion}`) : { ...ok(`${file} is not there yet; the first worker makes it`), ends: 'there is no store yet' }
  }
  return {
    checks: [
      { name: 'folder', look: () => lookAtFolder(folder) },
      { name: 'owner', look: () => lookAtOwner(folder) },
      { name: 'file system', look: () => Promise.resolve(lookAtFileSystem(folder)) },
      { name: 'space', look: () => lookAtSpace(folder) },
      { name: 'store', look: open },
      { name: 'integrity', look: inspected(judgeIntegrity) },
      { name: 'wal', look: async () => (inspection ? judgeWal(inspection.journalMode, (await stat(`${file}-wal`).catch(() => undefined))?.size ?? 0) : skip('the store could not be opened')) },
      { name: 'sessions', look: inspected(judgeSessions) },
      { name: 'sweeper', look: inspected(judgeSweeper) },
    ],
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : String(error))
const elsewhere = 'or name another folder: SVC_BACKEND=embedded:<folder>.'

async function mayUse(folder: string): Promise<boolean> {
  return access(folder, constants.R_OK | constants.W_OK | constants.X_OK).then(() => true, () => false)
}

async function lookAtFolder(folder: string): Promise<Finding> {
  try {
    if (!(await stat(folder)).isDirectory()) return { ...fail(`${folder} is not a folder`, `Move it away, ${elsewhere}`), ends: 'there is no folder' }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') return { ...fail(`${folder} cannot be looked at: ${codeOf(error)}`, `Run as its owner, ${elsewhere}`), ends: 'the folder cannot be used' }
    const above = await nearestFolder(folder)
    const finding = (await mayUse(above)) ? ok(`${folder} is not there yet; the first worker makes it`) : fail(`${folder} is not there and cannot be made in ${above}`, `Make it for the user of the workers, ${elsewhere}`)
    return { ...finding, ends: 'there is no folder yet' }
  }
  if (await mayUse(folder)) return ok(`${folder} may be read and written`)
  return { ...fail(`${folder} may not be read and written by this user`, `Run as its owner, ${elsewhere}`), ends: 'the folder cannot be used' }
}

async function nearestFolder(folder: string): Promise<string> {
  const above = dirname(folder)
  return above === folder || (await stat(above).catch(() => undefined))?.isDirectory() ? above : nearestFolder(above)
}

async function lookAtOwner(folder: string): Promise<Finding> {
  const { uid, mode } = await stat(folder)
  const rights = (mode & 0o777).toString(8).padStart(3, '0')
  const own = process.getuid?.()
  if ((mode & 0o077) !== 0) return warn(`mode ${rights}: other users may reach the store`, `chmod 700 ${folder}`)
  if (own !== undefined && uid !== own) return warn(`mode ${rights}, owned by user ${uid}, not by this one (${own})`, 'Run svc and the workers as one user: files made by another one may shut its owner out.')
  return ok(`mode ${rights}, for its owner only`)
}

function lookAtFileSystem(folder: string): Finding {
  const type = networkFileSystemOf(folder)
  if (type === undefined) return process.platform === 'linux' ? ok('it is local') : skip('this system does not tell whether it is local')
  return fail(`it is on a network (${type}), where SQLite is not safe`, 'Name a folder on a local disk: SVC_BACKEND=embedded:<folder>.')
}

const mb = 1024 * 1024
const formatSize = (bytes: number): string => (bytes < mb ? `${Math.ceil(bytes / 1024)} kB` : `${Math.floor(bytes / mb)} MB`)

async function lookAtSpace(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const advice = 'Free some space: on a full disk workers lose their place.'
  if (free < 10 * mb) return fail(`only ${formatSize(free)} are free`, advice)
  return free < 200 * mb ? warn(`${formatSize(free)} are free`, advice) : ok(`${formatSize(free)} are free`)
}

function judgeIntegrity({ quickCheck }: StoreInspection): Finding {
  return quickCheck === 'ok' ? ok('no damage found') : fail(`the file is damaged: ${quickCheck}`, 'Move the folder away and restart the workers: they join again in a new store.')
}

export function judgeWal(journalMode: string, bytes: number): Finding {
  if (journalMode !== 'wal') return fail(`the journal is '${journalMode}', not a write-ahead log`, 'Close whatever else has the file open; the next worker sets it right.')
  const found = `the write-ahead log has ${formatSize(bytes)}`
  return bytes < 64 * mb ? ok(found) : warn(found, 'Some process has been reading for long and keeps it from being emptied; look for a stopped one.')
}

function judgeSessions({ sessions, deadSessions }: StoreInspection): Finding {
  const found = `${sessions} session${sessions === 1 ? '' : 's'}`
  return ok(deadSessions === 0 ? found : `${found}, ${deadSessions} of a process that is gone; the next look at the list removes them`)
}

export function judgeSweeper({ sweeper, sessions, deadSessions }: Pick<StoreInspection, 'sweeper' | 'sessions' | 'deadSessions'>): Finding {
  if (sessions === deadSessions) return ok('nobody is there who would have to sweep')
  if (sweeper?.isFresh) return ok(`process ${sweeper.pid} sweeps, ${Math.round(sweeper.ageMs)} ms ago`)
  const found = sweeper === undefined ? 'no process removes dead workers' : `process ${sweeper.pid} should remove dead workers and has not for ${(sweeper.ageMs / 1000).toFixed(1)} s`
  return warn(found, 'All processes with a session are stopped or hang: look at them. Lists are right all the same.')
}
