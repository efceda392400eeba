import { formatDuration } from '@muster/common'

import { ok, warn } from './check.js'
import type { Finding } from './check.js'

/**
 * Judges the difference of two clocks. The other showed `theirs`, give or take `uncertaintyMs`, at some moment between `before` and
 * `after` of ours. Nothing is decided by clocks, but ages in lists are as wrong as they are.
 */
export function compareClocks(theirs: number, before: number, after: number, uncertaintyMs = 0): Finding {
  const slackMs = (after - before) / 2 + uncertaintyMs
  const aheadMs = (before + after) / 2 - theirs
  const apart = Math.abs(aheadMs)
  if (apart <= 1000 + slackMs) return ok(`this host and the server agree within ${inSeconds(Math.max(apart, slackMs))}`)
  return warn(`this host is ${inSeconds(apart)} ${aheadMs > 0 ? 'ahead of' : 'behind'} the server`, 'Let both follow a time server (chrony, systemd-timesyncd): ages in lists are wrong by as much.')
}

const inSeconds = (ms: number): string => (ms < 60_000 ? `${Math.max(0.1, ms / 1000).toFixed(1)} s` : formatDuration(ms))
