import { describe, expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import { Endpoint, eventually } from '@muster/testkit'
import type { Received } from '@muster/testkit'
import { Webhook } from 'standardwebhooks'

import { Store } from './svc.js'
import type { Result } from './svc.js'

/** Many commands, each a process. */
const timeoutMs = 60_000
const shown = /^whsec_[\w+/]{43}=\n$/
const told = /^svc: webhook ([\da-f-]{36}) \(.*\) was made; its secret is not shown again$/m
const idOf = ({ stderr }: Result): string => told.exec(stderr)?.[1] ?? ''
const verified = (secret: string, { text, headers }: Received): unknown => new Webhook(secret.trim()).verify(text, headers as Record<string, string>)

interface Scene {
  readonly store: Store
  readonly svc: Store['svc']
  readonly endpoint: Endpoint
}

/** `svc` by way of a server that may send to this host. */
async function withServer(use: (scene: Scene) => Promise<void>): Promise<void> {
  await using store = await Store.create()
  await using endpoint = await Endpoint.open()
  await using server = store.start(['serve', '--port', '0', '--webhook-allow', '127.0.0.0/8'])
  const [, url = ''] = await server.line(/^listening on (\S+)$/, { timeoutMs: 30_000 })
  await use({ store, endpoint, svc: (words, env) => store.svc([...words, '--endpoint', url], env) })
}

/** What `svc webhook list` tells of the one webhook there is. */
async function listed(svc: Store['svc']): Promise<Record<string, unknown> | undefined> {
  return (JSON.parse((await svc(['webhook', 'list', '-f', 'json'])).stdout) as Record<string, unknown>[])[0]
}

describe('straight on a backend', () => {
  const url = 'https://192.0.2.1/in' // by the rules no address that may be sent to

  test('the secret is printed alone, once; the webhook is listed, shown, disabled, enabled, given a new secret and deleted', async () => {
    await using store = await Store.create()
    const made = await store.svc(['webhook', 'add', url, '--type', 'nova-compute', '--kind', 'service.update', '--host', 'h1', '--host', 'h2'], { SVC_ACTOR: 'ann' })
    const id = idOf(made)
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(shown), stderr: expect.stringContaining(`svc: webhook ${id} (192.0.2.1) was made; its secret is not shown again\n`) })
    const kept = { Id: id, Url: url, Kinds: ['service.update'], Types: ['nova-compute'], Hosts: ['h1', 'h2'], Status: 'enabled', 'Disabled Reason': null, 'Created By': 'ann' }
    expect(await listed(store.svc.bind(store))).toEqual({ ...kept, Lag: null, Attempts: null, 'Next Attempt At': null, Failure: null })
    const prefix = id.slice(0, 6)
    expect(JSON.parse((await store.svc(['webhook', 'show', prefix, '-f', 'json'])).stdout)).toMatchObject({ ...kept, 'Created At': expect.stringMatching(/Z$/) })
    const disabled = await store.svc(['webhook', 'disable', prefix, '--reason', 'moved', '--yes'])
    expect(disabled).toMatchObject({ code: 0, stdout: `webhook ${id} (192.0.2.1) is disabled: "moved"\n` })
    expect((await store.svc(['webhook', 'list', '-f', 'value', '-c', 'status', '-c', 'disabled_reason'])).stdout).toBe('disabled moved\n')
    expect(await store.svc(['webhook', 'enable', prefix])).toMatchObject({ code: 0, stdout: `webhook ${id} (192.0.2.1) is enabled\n` })
    const rotated = await store.svc(['webhook', 'rotate-secret', prefix, '--yes', '-f', 'json'])
    expect(JSON.parse(rotated.stdout)).toMatchObject({ Secret: expect.stringMatching(/^whsec_/), Id: id, Status: 'enabled' })
    expect(rotated.stdout).not.toContain(made.stdout.trim())
    expect(await store.svc(['webhook', 'delete', prefix, '--yes'])).toMatchObject({ code: 0, stdout: `webhook ${id} (192.0.2.1) is deleted\n` })
    expect(await store.svc(['webhook', 'delete', id, '--yes'])).toMatchObject({ code: 3, stderr: expect.stringContaining('svc webhook list') })
    expect(await store.svc(['webhook', 'list'])).toMatchObject({ code: 0, stdout: '\n', stderr: 'svc: no webhooks\n' })
  }, timeoutMs)

  test('what takes something away needs a terminal or --yes; --dry-run says what would be, and leaves all as it is', async () => {
    await using store = await Store.create()
    const id = idOf(await store.svc(['webhook', 'add', url]))
    for (const verb of ['disable', 'delete', 'rotate-secret']) {
      expect(await store.svc(['webhook', verb, id])).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining('--yes') })
      expect(await store.svc(['webhook', verb, id, '--dry-run'])).toMatchObject({ code: 0, stdout: expect.stringContaining(`webhook ${id} (192.0.2.1) would `) })
    }
    expect((await store.svc(['webhook', 'disable', id, '--reason', 'moved', '--dry-run'])).stdout).toContain('  Status: enabled -> disabled\n  Disabled Reason: none -> moved\n')
    expect(await store.svc(['webhook', 'add', url, '--type', 'nova-api', '--dry-run'])).toMatchObject({ code: 0, stdout: `a webhook to ${url} would be made, told of all kinds, nova-api, all hosts\n` })
    expect(await store.svc(['webhook', 'list', '-f', 'value', '-c', 'id', '-c', 'status'])).toMatchObject({ stdout: `${id} enabled\n` })
  }, timeoutMs)

  test('what is wrong is told before anything is written; an address that servers would not send to is told, and is no refusal', async () => {
    await using store = await Store.create()
    for (const [words, reason] of [
      [['add'], 'Which url?'],
      [['add', 'ftp://h/x'], 'neither with https: nor with http:'],
      [['add', 'https://user:sesame@h/'], 'has a user or a password'],
      [['add', url, '--kind', 'service.updated'], 'service.update'],
      [['add', 'http://127.0.0.1:1/x', '--webhook-allow', 'somewhere'], 'is no range of addresses'],
      [['show', 'abc'], "The webhook 'abc' "],
      [[], 'svc webhook add or svc webhook list'],
    ] as const) {
      const { code, stderr } = await store.svc(['webhook', ...words])
      expect({ code, stderr }).toEqual({ code: words[0] === 'show' ? 3 : 64, stderr: expect.stringContaining(reason) })
      expect(stderr).not.toContain('sesame')
    }
    expect((await store.svc(['webhook', 'add', 'http://127.0.0.1:1/x'])).stderr).toContain('svc serve --webhook-allow')
    expect((await store.svc(['webhook', 'add', 'http://127.0.0.1:1/y'], { SVC_WEBHOOK_ALLOW: '127.0.0.1' })).stderr).not.toContain('nothing is sent')
    expect((await store.svc(['webhook', 'list', '-f', 'value', '-c', 'url'])).stdout).toBe('http://127.0.0.1:1/x\nhttp://127.0.0.1:1/y\n')
  }, timeoutMs)

  test('a test is sent by this host, to addresses that it allows', async () => {
    await using store = await Store.create()
    await using endpoint = await Endpoint.open()
    const { stdout: secret, ...made } = await store.svc(['webhook', 'add', endpoint.url])
    const id = idOf({ stdout: secret, ...made })
    expect(await store.svc(['webhook', 'test', id, '-f', 'json'])).toMatchObject({ code: 1, stdout: expect.stringContaining('127.0.0.1') })
    expect(endpoint.received).toEqual([])
    const sent = await store.svc(['webhook', 'test', id, '--webhook-allow', '127.0.0.1', '-f', 'json'])
    expect(sent.code).toBe(0)
    expect(JSON.parse(sent.stdout)).toEqual({ Told: true, Status: 204, 'Latency Ms': expect.any(Number), Excerpt: '', Error: null })
    expect(verified(secret, endpoint.received[0] as Received)).toMatchObject({ type: 'webhook.test', data: { webhook: id } })
  }, timeoutMs)
})

describe('over HTTP', () => {
  test('a webhook is told of a change, signed with the secret that was printed; the list says how far it is', () =>
    withServer(async ({ store, svc, endpoint }) => {
      const { stdout: secret, ...made } = await svc(['webhook', 'add', endpoint.url, '--type', 'nova-compute'])
      expect(secret).toMatch(shown)
      await eventually(async () => expect(await listed(svc)).toMatchObject({ Lag: 0 }))
      const group = await openServiceGroup(store.backend)
      try {
        await (await group.join({ name: 'nova-compute', hostname: 'h1' })).leave()
        expect((await svc(['disable', 'nova-compute@h1', '--reason', 'disk', '--yes'])).code).toBe(0)
      } finally {
        await group.close()
      }
      await eventually(() => expect(endpoint.received.map((received) => verified(secret, received))).toContainEqual(expect.objectContaining({ type: 'service.update', data: expect.objectContaining({ reason: 'disk' }) })))
      await eventually(async () => expect(await listed(svc)).toMatchObject({ Lag: 0, Attempts: 0, Failure: null }))
      const id = idOf({ stdout: secret, ...made })
      const { stdout: next } = await svc(['webhook', 'rotate-secret', id, '--yes'])
      expect(await svc(['webhook', 'test', id.slice(0, 8), '-f', 'value', '-c', 'status'])).toMatchObject({ code: 0, stdout: '204\n' })
      const test = endpoint.received.at(-1) as Received
      for (const either of [secret, next]) expect(verified(either, test)).toMatchObject({ type: 'webhook.test' })
      expect(await svc(['webhook', 'disable', id, '--reason', 'moved', '--yes'])).toMatchObject({ code: 0 })
      expect((await svc(['webhook', 'list'])).stdout).toMatch(/Disabled Reason .*\n.*\n.* disabled +\| moved /)
      expect((await svc(['webhook', 'enable', id])).code).toBe(0)
      expect((await svc(['webhook', 'delete', id, '--yes'])).code).toBe(0)
      expect(await svc(['webhook', 'show', id])).toMatchObject({ code: 3 })
    }), timeoutMs)

  test('an endpoint that is slower than other answers may be is waited for, and one that refuses makes 1', () =>
    withServer(async ({ svc, endpoint }) => {
      const id = idOf(await svc(['webhook', 'add', endpoint.url]))
      endpoint.answer = (_, response) => setTimeout(() => response.writeHead(503).end('busy'), 5500) // the client's own deadline is 5 s
      const { code, stdout } = await svc(['webhook', 'test', id, '-f', 'json'])
      expect(code).toBe(1)
      expect(JSON.parse(stdout)).toMatchObject({ Told: false, Status: 503, Excerpt: 'busy', Error: null })
    }), timeoutMs)

  test('an address that the server does not send to is refused with 4, a token that is no admin likewise', () =>
    withServer(async ({ store, svc }) => {
      expect(await svc(['webhook', 'add', 'http://192.0.2.1/x'])).toMatchObject({ code: 4, stdout: '' })
      const reader = (await store.svc(['token', 'create', '--role', 'reader'])).stdout.trim()
      await eventually(async () => expect(await svc(['webhook', 'list'], { SVC_TOKEN: reader })).toMatchObject({ code: 4, stderr: expect.stringContaining('this needs admin') }))
    }), timeoutMs)
})

test('completion knows the webhooks', async () => {
  await using store = await Store.create()
  const id = idOf(await store.svc(['webhook', 'add', 'https://192.0.2.1/in']))
  expect((await store.svc(['complete', '--', 'webhook', 'show', ''])).stdout).toContain(`${id}\t`)
  expect((await store.svc(['complete', '--', 'webhook', 'add', '--kind', ''])).stdout).toContain('service.update\t')
}, timeoutMs)
