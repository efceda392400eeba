/** How far something has come, 0 to 1, for what goes on beside it and is to be spread over it. */
export class Pace {
  #share = 0
  #waiting: (() => void)[] = []

  advance(share: number): void {
    this.#share = share
    for (const look of this.#waiting.splice(0)) look()
  }

  /** Resolves when it has come so far. */
  async reached(share: number): Promise<void> {
    while (this.#share < share) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}

/** Does `count` things, so many at once. */
export async function inTurns(count: number, atOnce: number, act: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await act(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
