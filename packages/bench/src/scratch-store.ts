import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An embedded store of one benchmark; disposing of it removes the folder. */
export interface ScratchStore extends AsyncDisposable {
  readonly folder: string
  /** Its backend URL. */
  readonly backend: string
}

export async function scratchStore(): Promise<ScratchStore> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'))
  return {
    folder,
    backend: `embedded:${folder}`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }),
  }
}
