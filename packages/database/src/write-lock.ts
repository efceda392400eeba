import { readFileSync, statSync } from 'node:fs'

// https://www.sqlite.org/walformat.html#locks: the one writer of a WAL database locks byte 120 of its shared memory file.
const writeLockByte = '120'

/** The pid that holds the write lock of a WAL database now, where the system tells (Linux); else undefined. */
export function writeLockHolder(file: string): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const inode = String(statSync(`${file}-shm`).ino)
    for (const line of readFileSync('/proc/locks', 'utf8').split('\n')) {
      const [, , , kind, pid, place, first] = line.split(/\s+/)
      if (kind === 'WRITE' && place?.split(':')[2] === inode && first === writeLockByte) return Number(pid)
    }
  } catch {
    // The file went, or /proc is not mounted: nobody to name.
  }
  return undefined
}
