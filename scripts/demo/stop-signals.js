import { constants } from 'node:os'

const echoWithinMs = 500
const lookForParentEveryMs = 500

/**
 * Calls `onFirst` at the first INT, TERM or HUP, and `onSecond` with the exit status 128 + n at the next one: somebody
 * is in a hurry.
 */
export function onStopSignals(onFirst, onSecond, env = process.env) {
  const underNpm = env.npm_lifecycle_event !== undefined
  let echoesUntil
  const receive = (signal) => {
    if (echoesUntil === undefined) {
      // One Ctrl-C may come twice under npm: from the terminal, and passed on by npm, which the terminal told as well.
      echoesUntil = underNpm ? performance.now() + echoWithinMs : 0
      onFirst()
    } else if (performance.now() < echoesUntil) {
      echoesUntil = 0
    } else {
      onSecond(128 + constants.signals[signal])
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, receive)
  if (underNpm) onParentGone(onFirst)
}

/** npm passes TERM to the shell that it runs scripts in, and many a shell ends without a word to what it has started. */
function onParentGone(callback) {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    callback()
  }, lookForParentEveryMs).unref()
}
