import { fileURLToPath } from 'node:url'

import { serve } from '@muster/api'
import { silentLogger } from '@muster/common'
import type { Service, ServiceId } from '@muster/servicegroup'

import { spawnNode } from '../spawn-node.js'
import type { OpenWay, Way } from './way.js'

const svcFile = fileURLToPath(new URL('../../../cli/bin/svc.js', import.meta.url))

/** `svc --backend`, a process for each call. */
export const terminal: OpenWay = (backend) => Promise.resolve(through(['--backend', backend]))

/** `svc --endpoint` of a server of its own. */
export const terminalOverHttp: OpenWay = async (backend) => {
  const server = await serve({ backend, port: 0, database: 'none', logger: silentLogger })
  return through(['--endpoint', server.url], () => server.close())
}

function through(place: readonly string[], close = (): Promise<void> => Promise.resolve()): Way {
  const svc = async (words: readonly string[], allowed: readonly number[] = [0]): Promise<{ readonly code: number; readonly stdout: string }> => {
    await using running = spawnNode(svcFile, [...words, ...place], { env: { SVC_ACTOR: 'operator', SVC_ENDPOINT: undefined, SVC_BACKEND: undefined } })
    const { code } = await running.exited
    if (code === null || !allowed.includes(code)) throw new Error(`svc ${words.join(' ')} exited with ${code}: ${running.stderr}`)
    return { code, stdout: running.stdout }
  }
  const target = (id: ServiceId): string => (typeof id === 'string' ? id : `${id.type}@${id.host}`)
  return {
    disable: (id, reason) => svc(['disable', target(id), '--reason', reason, '--yes']),
    enable: (id) => svc(['enable', target(id)]),
    forceDown: (id, isDown) => svc(['force-down', target(id), '--yes', ...(isDown ? [] : ['--unset'])]),
    maintain: (id, window) => svc(window ? ['maintenance', 'on', target(id), '--until', window.until, '--reason', window.note, '--yes'] : ['maintenance', 'off', target(id), '--yes']),
    delete: async (id, { force = false } = {}) => (await svc(['delete', target(id), '--yes', ...(force ? ['--force'] : [])], [0, 6])).code === 0,
    find: async (id) => {
      const { code, stdout } = await svc(['show', target(id), '-f', 'json'], [0, 3])
      return code === 0 ? toService(JSON.parse(stdout) as Record<string, unknown>) : undefined
    },
    isUp: async (id) => (await svc(['is-up', target(id)], [0, 5])).code === 0,
    [Symbol.asyncDispose]: close,
  }
}

/** `Disabled Reason` is `disabledReason`. */
const toService = (fields: Readonly<Record<string, unknown>>): Service =>
  Object.fromEntries(Object.entries(fields).map(([title, value]) => [title.replaceAll(' ', '').replace(/^./, (first) => first.toLowerCase()), value])) as unknown as Service
