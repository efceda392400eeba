/** So large a share of the time at most, and never for longer than that. */
const [share, longestMs] = [0.005, 2000]

/**
 * Makes something that costs time only so often that it costs half a hundredth of all time, however often it is asked for: in between, and for all
 * who ask while it is made, it is what was made last, at most two seconds old. What fails is made anew at the next call.
 * `now`: ms, of a clock that never goes back.
 */
export function seldom<T>(make: () => Promise<T>, now = (): number => performance.now()): () => Promise<T> {
  let made: { readonly what: Promise<T>; until: number } | undefined
  return () => {
    if (made && now() < made.until) return made.what
    const begunAt = now()
    const making = (made = { what: make(), until: Infinity })
    making.what.then(
      () => (making.until = now() + Math.min((now() - begunAt) / share, longestMs)),
      () => (making.until = 0),
    )
    return making.what
  }
}
