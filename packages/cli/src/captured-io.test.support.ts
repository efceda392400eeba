import type { Io } from './io.js'

/** Surroundings that keep what a command writes. */
export class CapturedIo implements Io {
  readonly columns = undefined
  stdout = ''
  stderr = ''

  constructor(readonly env: Io['env'] = {}) {}

  write(text: string): Promise<void> {
    this.stdout += text
    return Promise.resolve()
  }

  writeError(text: string): void {
    this.stderr += text
  }
}
