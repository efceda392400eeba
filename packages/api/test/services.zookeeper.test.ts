import { expect, test } from '@jest/globals'
import { serve } from '@muster/api'
import { silentLogger } from '@muster/common'
import { openServiceGroup } from '@muster/servicegroup'
import type { Service } from '@muster/servicegroup'
import { eventually, startFaultProxy, startZooKeeper } from '@muster/testkit'

import { DescribedAnswers } from './described-answers.js'

test('while ZooKeeper is gone services are told as stale, then refused; changes are refused; when it is back both are as before', async () => {
  await using zookeeper = await startZooKeeper()
  await using proxy = await startFaultProxy(zookeeper.endpoint)
  const store = await openServiceGroup(`zookeeper://${zookeeper.endpoint}`)
  const server = await serve({ backend: `zookeeper://${proxy.endpoint}?timeout=4s`, port: 0, logger: silentLogger })
  const described = await DescribedAnswers.of(server.url)
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(server.url + path, init)
    await described.check(init.method ?? 'GET', path, response)
    return response
  }
  const list = '/v1/service?view=services'
  try {
    await store.join({ group: 'g', name: 'api', hostname: 'h1' })
    const [row] = await eventually(async () => {
      const rows = (await (await ask(list)).json()) as Service[]
      expect(rows).toMatchObject([{ type: 'api', host: 'h1', state: 'up' }])
      return rows
    })
    const path = `/v1/service/${row?.uuid}`
    const patch = (body: object): Promise<Response> => ask(path, { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
    const disabled = await patch({ status: 'disabled', disabledReason: 'disk' })
    expect([disabled.status, ((await disabled.json()) as Service).index]).toEqual([200, (await store.getOne(row?.uuid ?? '')).service?.index])
    await eventually(async () => expect((await (await ask(path)).json()) as Service).toMatchObject({ status: 'disabled' }))

    await proxy.refuse()
    const stale = await eventually(async () => {
      const response = await ask(list)
      expect([response.status, response.headers.get('Warning')]).toEqual([200, expect.stringMatching(/^110 /)])
      return response
    })
    expect(await stale.json()).toMatchObject([{ host: 'h1', status: 'disabled' }])
    expect(Date.parse(stale.headers.get('X-Svc-As-Of') ?? '')).toBeLessThan(Date.now())
    await eventually(async () => {
      for (const asked of [list, path, '/v1/liveness?type=api&host=h1', '/v1/host', '/v1/zone', '/v1/group/g/member']) expect([asked, (await ask(asked)).status]).toEqual([asked, 503])
    })
    const refused = await patch({ status: 'enabled' })
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '1'])
    expect((await ask(`${path}?consistent=true`)).status).toBe(503)
    expect((await ask(`${list}&stale=1h`)).status).toBe(200)

    await proxy.accept()
    await eventually(async () => expect((await patch({ status: 'enabled' })).status).toBe(200))
    await eventually(async () => {
      const response = await ask(list)
      expect([response.status, response.headers.get('Warning')]).toEqual([200, null])
      expect(await response.json()).toMatchObject([{ host: 'h1', status: 'enabled', state: 'up' }])
    })
  } finally {
    await server.close()
    await store.close()
  }
}, 60_000)
