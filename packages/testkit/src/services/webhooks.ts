import { expect } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'
import type { StoredWebhook } from '@muster/servicegroup/internal'
import { secretsAt } from '@muster/servicegroup/internal'

import type { Scene, Situation } from '../conformance/scene.js'
import { eventually } from '../eventually.js'

async function open(scene: Scene): Promise<ServiceGroup> {
  const group = await openServiceGroup(scene.store.url())
  scene.own({ [Symbol.asyncDispose]: () => group.close() })
  return group
}

const url = 'https://hooks.example/in'

/** Webhooks on a backend: made, listed, changed, seen by who tells them, deleted. */
export function webhooks(situation: Situation): void {
  situation('a webhook is listed without its secrets, rotated, disabled, enabled, and gone when it is deleted', async (scene) => {
    const group = await open(scene)
    expect(await group.listWebhooks()).toEqual([])
    const { secret, ...webhook } = await group.addWebhook({ url, kinds: ['service.update'], hosts: ['h1'] }, { actor: 'ann' })
    expect(secret).toMatch(/^whsec_[\w+/]{43}=$/)
    expect(webhook).toMatchObject({ url, kinds: ['service.update'], types: [], hosts: ['h1'], status: 'enabled', disabledReason: null, createdBy: 'ann' })
    expect(await group.listWebhooks()).toEqual([webhook])
    const rotated = await group.rotateWebhookSecret(webhook.id)
    expect(rotated).toEqual({ ...webhook, secret: expect.not.stringContaining(secret) })
    const stored = await (await group.webhookSource()).read(webhook.id)
    expect(secretsAt(stored, Date.now())).toEqual([rotated.secret, secret])
    expect(secretsAt(stored, Date.now() + 25 * 3_600_000)).toEqual([rotated.secret])
    expect(await group.setWebhookState(webhook.id, { status: 'disabled', disabledReason: 'moved' })).toEqual({ ...webhook, status: 'disabled', disabledReason: 'moved' })
    const { enabledAt } = await group.setWebhookState(webhook.id, { status: 'enabled' })
    expect(Date.parse(enabledAt)).toBeGreaterThan(Date.parse(webhook.enabledAt))
    expect(await group.deleteWebhook(webhook.id)).toEqual({ ...webhook, enabledAt })
    for (const missing of [webhook.id, 'nosuch', '../x']) {
      await expect(group.deleteWebhook(missing)).rejects.toMatchObject({ code: 'not_found' })
      await expect(group.rotateWebhookSecret(missing)).rejects.toMatchObject({ code: 'not_found' })
    }
    expect(await group.listWebhooks()).toEqual([])
  })

  situation('who tells webhooks sees each as it comes, changes and goes', async (scene) => {
    const group = await open(scene)
    const other = await open(scene)
    const end = new AbortController()
    scene.own({
      [Symbol.asyncDispose]: () => {
        end.abort()
        return Promise.resolve()
      },
    })
    let seen: ReadonlyMap<string, StoredWebhook> | undefined
    const following = (async () => {
      for await (const now of (await other.webhookSource()).watch(end.signal)) seen = now
    })()
    await eventually(() => expect(seen?.size).toBe(0))
    const { id, secret } = await group.addWebhook({ url })
    await eventually(() => expect(seen?.get(id)?.secrets).toEqual([{ secret, until: null }]))
    await group.setWebhookState(id, { status: 'disabled' })
    await eventually(() => expect(seen?.get(id)?.webhook.status).toBe('disabled'))
    await group.deleteWebhook(id)
    await eventually(() => expect(seen?.size).toBe(0))
    end.abort()
    await following
  })

  situation('changes of one webhook that are made at once are all made', async (scene) => {
    const [one, other] = [await open(scene), await open(scene)]
    const { id } = await one.addWebhook({ url })
    const [, rotated] = await Promise.all([one.setWebhookState(id, { status: 'disabled', disabledReason: 'moved' }), other.rotateWebhookSecret(id)])
    const stored = await (await one.webhookSource()).read(id)
    expect(stored).toMatchObject({ webhook: { status: 'disabled', disabledReason: 'moved' }, secrets: [{ secret: rotated.secret, until: null }, {}] })
  })

  situation('of a hundred webhooks no other is made', async (scene) => {
    const group = await open(scene)
    await Promise.all(Array.from({ length: 100 }, (_, i) => group.addWebhook({ url: `${url}${i}` })))
    await expect(group.addWebhook({ url })).rejects.toMatchObject({ code: 'too_large', limit: 100 })
    expect(await group.listWebhooks()).toHaveLength(100)
  })
}
