import { parseArgs } from 'node:util'

import { backendUrl, defaultDataFolder, InvalidArgument } from '@muster/common'

const usage = 'Usage: npm start [-- --port 9000]'

/**
 * Where the demo runs: on `--port`, else SVC_PORT, else 8999 (0 takes any free port); on SVC_BACKEND, else the embedded
 * store at its default place. @throws InvalidArgument
 */
export function readOptions(words, env) {
  const port = readWords(words).port ?? (env.SVC_PORT || '8999')
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new InvalidArgument('port', `'${port}' is not a port`, { hint: usage })
  return { port: Number(port), backend: backendUrl(env), backendOption: backendOption(env) }
}

function readWords(words) {
  try {
    return parseArgs({ args: words, options: { port: { type: 'string' } } }).values
  } catch (error) {
    throw new InvalidArgument('arguments', error.message, { hint: usage, cause: error })
  }
}

/** What `svc` in another terminal must be told to find the same store: nothing when it is at its default place. */
function backendOption(env) {
  const backend = env.SVC_BACKEND || (env.XDG_STATE_HOME ? `embedded:${defaultDataFolder(env)}` : '')
  if (!backend.startsWith('embedded:')) return '' // another kind of backend may have a password in it
  return ` --backend ${/^[\w:/.-]+$/.test(backend) ? backend : `'${backend.replaceAll("'", String.raw`'\''`)}'`}`
}
