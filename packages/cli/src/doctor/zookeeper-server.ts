import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ConnectionOptions } from 'node:tls'

import { reasonOf } from '../reason-of.js'
import { fail, ok, warn } from './check.js'
import type { Finding } from './check.js'
import { connectSecurely, formatAddress, stepSignal } from './network.js'
import type { Address } from './network.js'

const oldestVersion = [3, 6] as const

/** Asks one server who it is, with ZooKeeper's four-letter word `srvr`, as the only one that servers answer by default. */
export async function lookAtServer(address: Address, tls: ConnectionOptions | undefined, signal: AbortSignal): Promise<Finding> {
  const name = formatAddress(address)
  try {
    return judgeServer(name, await askSrvr(address, tls, stepSignal(signal)))
  } catch (error) {
    return fail(`${name}: no answer to srvr: ${reasonOf(error)}`, 'The server may be stopped, overloaded or something else than ZooKeeper.')
  }
}

async function askSrvr(address: Address, tls: ConnectionOptions | undefined, signal: AbortSignal): Promise<string> {
  const socket = tls ? connectSecurely(address, tls) : connect(address)
  const giveUp = (): void => void socket.destroy(Object.assign(new Error('no answer in time'), { code: 'ABORT_ERR' }))
  signal.addEventListener('abort', giveUp)
  try {
    socket.write('srvr')
    return await text(socket)
  } finally {
    signal.removeEventListener('abort', giveUp)
    socket.destroy()
  }
}

/** What the answer to `srvr` means. */
export function judgeServer(name: string, answer: string): Finding {
  if (/not in the whitelist/.test(answer)) {
    return warn(`${name} does not answer srvr, so its version and mode are unknown`, 'Add 4lw.commands.whitelist=srvr to its zoo.cfg.')
  }
  if (/not currently serving requests/.test(answer)) return fail(`${name} runs, but serves nobody`, 'It finds no quorum: more than half of the servers of the ensemble must run and reach each other.')
  const version = /^Zookeeper version: (\d+)\.(\d+)(\.\d+)?/m.exec(answer)
  if (version === null) return fail(`${name}: what answers there is not ZooKeeper`, 'Check host and port; the port for clients is usually 2181.')
  const [, major = '', minor = '', patch = ''] = version
  const known = `${name} is ZooKeeper ${major}.${minor}${patch}, ${/^Mode: (\S+)/m.exec(answer)?.[1] ?? 'mode unknown'}`
  const isOld = Number(major) < oldestVersion[0] || (Number(major) === oldestVersion[0] && Number(minor) < oldestVersion[1])
  return isOld ? fail(`${known}: too old`, `Muster needs ZooKeeper ${oldestVersion.join('.')} or newer.`) : ok(known)
}
