import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { spawnNode } from '../spawn-node.js'
import { temporaryFolder } from '../temporary-folder.js'
import type { ConformanceBackend, Store } from './backend.js'

/** The embedded store, each time in a folder that does not exist yet. */
export const embeddedBackend: ConformanceBackend = {
  shortTimeoutMs: 1000,
  opensConnected: true,
  seesProcesses: true,
  versionsNameIncarnations: true,
  takesOverAtOnce: true,
  namespacesShareStoreId: true,
  async store(): Promise<Store> {
    const parent = await temporaryFolder()
    const folder = join(parent.path, 'store')
    const file = join(folder, 'store.db')
    return {
      url: ({ timeoutMs, namespace } = {}) => {
        const options = { ...(timeoutMs === undefined ? {} : { timeout: `${timeoutMs}ms` }), ...(namespace === undefined ? {} : { namespace }) }
        return `embedded:${folder}?${new URLSearchParams(options).toString()}`
      },
      isThere: () => existsSync(folder),
      breakDown: async () => {
        await mkdir(folder)
        await writeFile(file, 'no database but a sentence that is long enough to be read as the header of one, and then some more of it')
      },
      obstruct: async () => {
        const stopped = spawnNode(fileURLToPath(new URL('./stopped-writer.js', import.meta.url)), [file])
        await stopped.line(/^stopping$/)
        return { pid: stopped.pid, [Symbol.asyncDispose]: () => stopped[Symbol.asyncDispose]() }
      },
      [Symbol.asyncDispose]: () => parent[Symbol.asyncDispose](),
    }
  },
}
