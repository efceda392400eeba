import { serve } from '@muster/api'
import { createClient } from '@muster/client'
import { silentLogger } from '@muster/common'
import { expect } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'

import type { Situation } from '../conformance/scene.js'
import { eventually } from '../eventually.js'

/** Tokens on a backend: made, kept, seen by every server, revoked. */
export function tokens(situation: Situation): void {
  situation('a token is stored without its text, listed, and gone when it is revoked', async (scene) => {
    const group = scene.own(await openServiceGroup(scene.store.url()).then((opened) => ({ opened, [Symbol.asyncDispose]: () => opened.close() }))).opened
    expect(await group.listTokens()).toEqual([])
    await expect(group.revokeToken('nosuch')).rejects.toMatchObject({ code: 'not_found' })
    const first = await group.createToken({ role: 'admin', name: 'first' }, { actor: 'ann', source: 'test' })
    const second = await group.createToken({ role: 'reader', expires: '30d' })
    const { token, ...row } = first
    expect(row).toMatchObject({ name: 'first', role: 'admin', createdBy: 'ann', source: 'test', expiresAt: null })
    expect((await group.listTokens()).map(({ id }) => id)).toEqual(expect.arrayContaining([first.id, second.id]))
    const session = await scene.open()
    const { entries } = await session.list('tokens', { consistent: true })
    expect(entries.map(({ key }) => key).sort()).toEqual([first.id, second.id].sort())
    for (const { data } of entries) expect(Buffer.from(data).toString()).not.toContain(token.slice(-43))
    expect(await group.revokeToken(first.id)).toEqual(row)
    await expect(group.revokeToken(first.id)).rejects.toMatchObject({ code: 'not_found' })
    expect((await group.listTokens()).map(({ id }) => id)).toEqual([second.id])
  })

  situation('the view lets in by a token from when it is made until it is revoked or expires', async (scene) => {
    const group = scene.own(await openServiceGroup(scene.store.url()).then((opened) => ({ opened, [Symbol.asyncDispose]: () => opened.close() }))).opened
    const view = group.tokensView()
    await eventually(() => expect([view.synced, view.isEmpty]).toEqual([true, true]))
    const { token, ...row } = await group.createToken({ role: 'operator', expires: '1h' })
    await eventually(() => expect(view.find(token, Date.now())).toEqual(row))
    expect(view.find(token, Date.parse(row.expiresAt ?? ''))).toBeUndefined()
    expect(view.find(`${token.slice(0, -2)}__`, Date.now())).toBeUndefined()
    expect(view.isGood(row, Date.now())).toBe(true)
    await group.revokeToken(row.id)
    await eventually(() => expect([view.find(token, Date.now()), view.isGood(row, Date.now()), view.isEmpty]).toEqual([undefined, false, true]))
  })

  situation('every server lets a token in, and none does once one of them has revoked it', async (scene) => {
    const start = async (): Promise<string> => {
      const server = await serve({ backend: scene.store.url(), port: 0, logger: silentLogger })
      scene.own({ [Symbol.asyncDispose]: () => server.close() })
      return server.url
    }
    const urls = [await start(), await start()]
    const [url = ''] = urls
    const open = createClient(url)
    const admin = await open.createToken({ role: 'admin' })
    const { token, id } = await open.createToken({ role: 'reader' }).catch(() => createClient(url, { token: admin.token }).createToken({ role: 'reader' }))
    const statuses = (): Promise<number[]> => Promise.all(urls.map(async (base) => (await fetch(`${base}/v1/group`, { headers: { 'X-Auth-Token': token } })).status))
    await eventually(async () => expect(await statuses()).toEqual([200, 200]))
    await createClient(url, { token: admin.token }).revokeToken(id)
    await eventually(async () => expect(await statuses()).toEqual([401, 401]))
  })
}
