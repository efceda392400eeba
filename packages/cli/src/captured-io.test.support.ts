import type { Io } from './io.js'

/** Surroundings that keep what a command writes. */
export class CapturedIo implements Io {
  stdout = ''
  stderr = ''

  /** `columns`: those of the terminal that it stands for; none by default. */
  constructor(
    readonly env: Io['env'] = {},
    readonly columns?: number,
  ) {}

  write(text: string): Promise<void> {
    this.stdout += text
    return Promise.resolve()
  }

  writeError(text: string): void {
    this.stderr += text
  }
}
