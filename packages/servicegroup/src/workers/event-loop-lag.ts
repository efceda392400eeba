/** How often the loop is looked at. A lag is measured up to this much too short, never too long. */
const tickMs = 250
/** How often those who listen are told. */
export const lagWindowMs = 3000

type Listener = (lagMs: number) => void

const listeners = new Set<Listener>()
let ticking: NodeJS.Timeout | undefined

/**
 * Tells every 3 s for how long at a stretch this thread's event loop was kept from running its timers, in ms: the longest of
 * the last two windows, so that one look between two long calls does not read as calm. One timer serves all who listen;
 * it runs while there are any, and does not keep the process alive. Returns the way to stop it.
 */
export function watchEventLoopLag(listener: Listener): () => void {
  listeners.add(listener)
  ticking ??= startTicking()
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(ticking)
    ticking = undefined
  }
}

function startTicking(): NodeJS.Timeout {
  let tickedAt = performance.now()
  let windowEnd = tickedAt + lagWindowMs
  let longestMs = 0
  let longestBeforeMs = 0
  const tick = (): void => {
    const now = performance.now()
    longestMs = Math.max(longestMs, now - tickedAt - tickMs)
    tickedAt = now
    if (now < windowEnd) return
    for (const listener of listeners) listener(Math.max(longestMs, longestBeforeMs))
    windowEnd = now + lagWindowMs
    longestBeforeMs = longestMs
    longestMs = 0
  }
  return setInterval(tick, tickMs).unref()
}
