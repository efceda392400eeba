/** Random numbers that a seed repeats: a failure that prints its seed can be played again. */
export interface SeededRandom {
  readonly seed: number
  /** At least 0, below 1. */
  next(): number
  /** A whole number, at least 0, below `limit`. */
  below(limit: number): number
  pick<T>(items: readonly T[]): T
}

/** Mulberry32: 32 bits of state, good enough to choose what a test does next. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    seed,
    next,
    below,
    pick: (items) => {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('Nothing to pick from')
      return item
    },
  }
}

/** A seed for a run that was given none. */
export const freshSeed = (): number => Math.floor(Math.random() * 2 ** 32)
