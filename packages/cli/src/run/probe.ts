import { stat } from 'node:fs/promises'
import { connect } from 'node:net'

import { InvalidArgument } from '@muster/common'

/** One look at whether a command is ready: resolves when it is; rejects with the reason why not, or when `signal` aborts. */
export type Probe = (signal: AbortSignal) => Promise<void>

const hint = 'Write tcp://:8080, tcp://HOST:PORT, http://HOST:PORT/PATH, https://... or file:PATH'

/** Reads what `--ready` asks for. @throws InvalidArgument for anything else than a port, a URL or a file. */
export function parseProbe(text: string): Probe {
  const refuse = (why: string, shown = text): never => {
    throw new InvalidArgument('ready', `--ready ${shown}: ${why}`, { hint })
  }
  if (text.startsWith('file:')) {
    const path = text.slice('file:'.length)
    return path === '' ? refuse('which file?') : () => fileIsThere(path)
  }
  const [, host = '', port = ''] = /^tcp:\/\/(\[[0-9a-f:.]+\]|[^:/?#@[\]\s]*):(\d+)$/i.exec(text) ?? []
  if (port !== '') return isPort(Number(port)) ? (signal) => accepts(host.replace(/[[\]]/g, '') || 'localhost', Number(port), signal) : refuse(`${port} is no port`)
  if (text.startsWith('tcp:')) return refuse('give a port')
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return refuse('that is no port, URL or file')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return refuse('no user or password: every list of processes would show it', `${url.protocol}//...@${url.host}`)
  return (signal) => answersWell(url, signal)
}

const isPort = (port: number): boolean => port >= 1 && port <= 65_535

async function fileIsThere(path: string): Promise<void> {
  await stat(path)
}

/** Both addresses of a name such as localhost are tried. */
function accepts(host: string, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal }).once('connect', settle).once('error', settle)
    function settle(error?: Error): void {
      socket.destroy()
      if (error) reject(error)
      else resolve()
    }
  })
}

/**
 * A status of 2xx. The certificate is not verified: the question is only whether the command answers, nothing is sent that
 * is worth hiding, and a command's own certificate is seldom made for the name localhost.
 */
async function answersWell(url: URL, signal: AbortSignal): Promise<void> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const status = await new Promise<number>((resolve, reject) => {
    const asked = request(url, { agent: false, rejectUnauthorized: false, signal }, (answer) => {
      resolve(answer.statusCode ?? 0)
      asked.destroy() // the status is all that counts
    })
    asked.on('error', reject).end()
  })
  if (status < 200 || status > 299) throw new Error(`it answers ${status}`)
}
