import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** Where a command is; or the exit status with which a shell refuses it: 127 not found, 126 not executable. */
export type Found = { readonly path: string } | { readonly status: 126 | 127 }

/** Looks a command up as a shell does: a name with a slash is a path, any other is looked for in `searchPath`. */
export async function findCommand(name: string, searchPath = '/bin:/usr/bin'): Promise<Found> {
  const candidates = name.includes('/') ? [name] : searchPath.split(delimiter).map((folder) => join(folder, name))
  let status: 126 | 127 = 127
  for (const path of name === '' ? [] : candidates) {
    try {
      const found = await stat(path)
      if (found.isDirectory() && path !== name) continue
      status = 126
      await access(path, constants.X_OK)
      if (found.isFile()) return { path }
    } catch {
      // Not there, or not to be run: the next one may be.
    }
  }
  return { status }
}
