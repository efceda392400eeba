import { parseArgs } from 'node:util'

import { backendUrl, defaultDataFolder, InvalidArgument } from '@muster/common'

const usage = 'Usage: npm start [-- --port 9000] [--backend zookeeper://127.0.0.1:2181]'

/**
 * Where the demo runs: on `--port`, else SVC_PORT, else 8999 (0 takes any free port); on `--backend`, else SVC_BACKEND,
 * else the embedded store at its default place. @throws InvalidArgument
 */
export function readOptions(words, env) {
  const values = readWords(words)
  const port = values.port ?? (env.SVC_PORT || '8999')
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new InvalidArgument('port', `'${port}' is not a port`, { hint: usage })
  const named = values.backend ?? env.SVC_BACKEND
  return { port: Number(port), backend: named || backendUrl(env), backendOption: backendOption(named, env) }
}

function readWords(words) {
  try {
    return parseArgs({ args: words, options: { port: { type: 'string' }, backend: { type: 'string' } } }).values
  } catch (error) {
    throw new InvalidArgument('arguments', error.message, { hint: usage, cause: error })
  }
}

/** What `svc` in another terminal must be told to find the same store: nothing when it is at its default place. */
function backendOption(named, env) {
  const backend = named || (env.XDG_STATE_HOME ? `embedded:${defaultDataFolder(env)}` : '')
  if (backend === '') return ''
  if (backend.includes('@')) return ' --backend THE-SAME-URL' // a password may be in it
  return ` --backend ${/^[\w:/.,-]+$/.test(backend) ? backend : `'${backend.replaceAll("'", String.raw`'\''`)}'`}`
}
