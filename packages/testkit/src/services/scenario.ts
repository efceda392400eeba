import { expect } from '@jest/globals'
import type { Service } from '@muster/servicegroup'
import { readOutbox } from '@muster/servicegroup/internal'

import type { Situation } from '../conformance/scene.js'
import { eventually } from '../eventually.js'
import type { WorkerFunctions } from '../proofs/worker-process.js'
import { RemoteProcess } from '../remote-process.js'
import type { OpenWay } from './way.js'

const id = { type: 'nova-compute', host: 'host1' }
const described = { group: 'g', name: 'nova-compute', hostname: 'host1', zone: 'z1', region: 'r1' }
const until = '2099-01-01T00:00:00.000Z'

const told = ({ status, state, effective, disabledReason, forcedDown, maintenance }: Service): unknown => ({
  status,
  state,
  effective,
  disabledReason,
  forcedDown,
  maintenance: maintenance && { note: maintenance.note, until: maintenance.until },
})
const plain = { status: 'enabled', state: 'up', effective: 'up', disabledReason: null, forcedDown: false, maintenance: null }

/** The life of a service, from its registration to its second deletion: by whatever way it is led, the same records and the same changes. */
export function scenario(situation: Situation, openWay: OpenWay): void {
  situation('a service is registered, disabled, its worker crashes and comes again, it is forced down, maintained, deleted and registered anew', async (scene) => {
    const backend = scene.store.url({ timeoutMs: scene.doomedTimeoutMs })
    const start = (): RemoteProcess<WorkerFunctions> => scene.own(new RemoteProcess<WorkerFunctions>(new URL('../proofs/worker-process.js', import.meta.url), [backend]))
    const way = scene.own(await openWay(scene.store.url()))
    const mustFind = async (): Promise<Service> => {
      const service = await way.find(id)
      if (!service) throw new Error('there is no such service')
      return service
    }
    const isTold = (expected: object): Promise<void> => eventually(async () => expect(told(await mustFind())).toEqual({ ...plain, ...expected }))

    expect(await way.find(id)).toBeUndefined()
    expect(await way.isUp(id)).toBe(false)
    const first = start()
    const { uuid } = await first.call('join', described)
    await isTold({})
    expect(await mustFind()).toMatchObject({ uuid, ...id, topic: 'compute', region: 'r1', zone: 'z1', version: 0, reportCount: 1, lastSeenUp: null })

    await way.disable(id, 'disk')
    await isTold({ status: 'disabled', effective: 'down', disabledReason: 'disk' })
    expect(await way.isUp(id)).toBe(true) // it is alive; nobody should use it
    await first.kill()
    await isTold({ status: 'disabled', state: 'down', effective: 'down', disabledReason: 'disk' })
    const second = start()
    expect((await second.call('join', described)).uuid).toBe(uuid)
    await isTold({ status: 'disabled', effective: 'down', disabledReason: 'disk' })
    await way.enable(id)
    await isTold({})

    await way.forceDown(id, true)
    await isTold({ state: 'down', effective: 'down', forcedDown: true })
    expect(await way.isUp(id)).toBe(false)
    await way.forceDown(id, false)
    await way.maintain(id, { until, note: 'kernel' })
    await isTold({ effective: 'down', maintenance: { note: 'kernel', until } })
    await way.maintain(id, null)
    await isTold({})

    expect(await way.delete(id)).toBe(false)
    await isTold({})
    expect(await way.delete(id, { force: true })).toBe(true)
    expect(await way.find(id)).toBeUndefined()
    const third = start()
    const anew = await third.call('join', described)
    expect(anew.uuid).not.toBe(uuid)
    await isTold({})
    await second.call('leave')
    await third.call('leave')
    await isTold({ state: 'down', effective: 'down' })
    expect(await way.delete(id)).toBe(true)

    const session = await scene.open()
    const changes = (await readOutbox(session)).map(({ change: { type, cause, before, after } }) => [type, cause, (before ?? after)?.uuid === uuid ? 'first' : 'second', after?.disabledReason ?? null, after?.forcedDown, after?.maintenance?.note])
    expect(changes).toEqual([
      ['created', 'join', 'first', null, false, undefined],
      ['updated', 'admin', 'first', 'disk', false, undefined],
      ['updated', 'admin', 'first', null, false, undefined],
      ['updated', 'admin', 'first', null, true, undefined],
      ['updated', 'admin', 'first', null, false, undefined],
      ['updated', 'admin', 'first', null, false, 'kernel'],
      ['updated', 'admin', 'first', null, false, undefined],
      ['deleted', 'admin', 'first', null, undefined, undefined],
      ['created', 'join', 'second', null, false, undefined],
      ['deleted', 'admin', 'second', null, undefined, undefined],
    ])
  })
}
