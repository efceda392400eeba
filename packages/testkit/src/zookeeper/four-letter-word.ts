import { connect } from 'node:net'

import { within } from '../within.js'

/** ZooKeeper's commands for administrators. Test servers answer them all. */
export type FourLetterWord = 'conf' | 'cons' | 'crst' | 'dump' | 'envi' | 'isro' | 'mntr' | 'ruok' | 'srst' | 'srvr' | 'stat' | 'wchc' | 'wchp' | 'wchs'

/** Sends a four-letter word to `endpoint` (host:port) and resolves to the answer. Rejects when there is none in time. */
export async function askFourLetterWord(endpoint: string, word: FourLetterWord, timeoutMs = 5000): Promise<string> {
  const colon = endpoint.lastIndexOf(':')
  const socket = connect({ host: endpoint.slice(0, colon), port: Number(endpoint.slice(colon + 1)) })
  const answer = new Promise<string>((resolve, reject) => {
    let text = ''
    socket.setEncoding('utf8')
    socket.on('connect', () => socket.write(word))
    socket.on('data', (chunk: string) => (text += chunk))
    socket.on('end', () => resolve(text))
    socket.on('error', reject)
  })
  try {
    return await within(answer, timeoutMs, `the answer of ${endpoint} to ${word}`)
  } finally {
    socket.destroy()
  }
}
