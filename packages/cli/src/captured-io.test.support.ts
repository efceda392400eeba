import type { Io } from './io.js'

/** Surroundings that keep what a command writes. */
export class CapturedIo implements Io {
  stdout = ''
  stderr = ''
  columns: number | undefined
  lines: number | undefined
  readonly #onResize = new Set<() => void>()

  /** `columns`: those of the terminal that it stands for; none by default. */
  constructor(
    readonly env: Io['env'] = {},
    columns?: number,
  ) {
    this.columns = columns
  }

  onResize(listener: () => void): () => void {
    this.#onResize.add(listener)
    return () => this.#onResize.delete(listener)
  }

  resize(columns: number, lines: number): void {
    this.columns = columns
    this.lines = lines
    for (const listener of this.#onResize) listener()
  }

  write(text: string): Promise<void> {
    this.stdout += text
    return Promise.resolve()
  }

  writeError(text: string): void {
    this.stderr += text
  }

  hideWords(): void {}

  /** Nobody can be asked. */
  terminal(): Promise<undefined> {
    return Promise.resolve(undefined)
  }
}
