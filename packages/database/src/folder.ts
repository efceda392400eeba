import { closeSync, mkdirSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

import { BackendUnreachable, InvalidArgument, messageOf, NotAllowed, NotSupported } from '@muster/common'
import type { MusterError } from '@muster/common'

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'it cannot be made',
  ENOTDIR: 'it is not a folder',
  EEXIST: 'it is not a folder',
  EISDIR: 'its store.db is a folder',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  ENOSPC: 'the disk is full',
}

// Locks and shared memory do not work across hosts: two of them would corrupt the file.
const networkFileSystems =
  /^(nfs\d?|cifs|smb\d?|smbfs|9p|afs|ceph|lustre|gpfs|ocfs2|gfs2|coda|fuse\.(sshfs|glusterfs|s3fs|cephfs|rclone|davfs\d?|gcsfuse|moosefs|lizardfs|juicefs))$/

/** The type of the network file system that holds `folder`, or undefined; `mountInfo` is the text of Linux's `/proc/self/mountinfo`. */
export function networkFileSystem(folder: string, mountInfo: string): string | undefined {
  let longest = ''
  let type = ''
  for (const line of mountInfo.split('\n')) {
    const [mount, rest] = line.split(' - ')
    const point = mount?.split(' ')[4]?.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
    if (point === undefined || rest === undefined) continue
    const contains = folder === point || folder.startsWith(point.endsWith('/') ? point : `${point}/`)
    if (contains && point.length >= longest.length) [longest, type] = [point, rest.split(' ')[0] ?? '']
  }
  return networkFileSystems.test(type) ? type : undefined
}

/** The error for a data folder that cannot be used, with what to do about it. */
export function unusableFolder(folder: string, cause: unknown): MusterError {
  const code = (cause as NodeJS.ErrnoException).code ?? ''
  const reason = reasons[code] ?? messageOf(cause)
  const message = `Cannot use ${folder}: ${reason}. Set SVC_BACKEND=embedded:<another folder>`
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return new NotAllowed(message, { cause })
  if (['ENOENT', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENAMETOOLONG', 'ELOOP'].includes(code)) return new InvalidArgument('backend', message, { cause })
  return new BackendUnreachable(folder, reason, { cause, hint: 'Set SVC_BACKEND=embedded:<another folder>.' })
}

/** False only if there surely is no such file: a folder that may not be looked into is an error, not an absence. */
function isThere(file: string): boolean {
  try {
    statSync(file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

/** The type of the network file system that holds the folder, undefined for a local one; also where the system does not tell. */
export function networkFileSystemOf(folder: string): string | undefined {
  return process.platform === 'linux' ? networkFileSystem(realpathSync(folder), readFileSync('/proc/self/mountinfo', 'utf8')) : undefined
}

function refuseNetworkFileSystem(folder: string): void {
  const type = networkFileSystemOf(folder)
  if (type === undefined) return
  throw new NotSupported(`Cannot use ${folder}: it is on a network file system (${type}), where SQLite is not safe. Set SVC_BACKEND=embedded:<another folder>`)
}

/** As mkdir -p. Node's own `recursive` never ends where a folder says that its parent is missing, as in /proc. */
function makeFolder(folder: string): void {
  if (!isThere(dirname(folder))) makeFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process may have been first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(folder).isDirectory()) throw error
  }
}

/**
 * Makes the folder and an empty file in it, both for their owner only, unless they are there. SQLite gives its
 * side files the same permissions. Returns false, and makes nothing, if the file is not there and `create` is false.
 */
export function prepareFile(file: string, create: boolean): boolean {
  const folder = dirname(file)
  try {
    if (isThere(file)) {
      refuseNetworkFileSystem(folder)
      return true
    }
    if (!create) return false
    makeFolder(folder)
    refuseNetworkFileSystem(folder)
    closeSync(openSync(file, 'a', 0o600))
    return true
  } catch (error) {
    throw error instanceof NotSupported ? error : unusableFolder(folder, error)
  }
}
