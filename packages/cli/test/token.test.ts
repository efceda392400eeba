import { statSync, writeFileSync } from 'node:fs'

import { describe, expect, test } from '@jest/globals'
import { makeTlsFiles } from '@muster/testkit'

import { Store } from './svc.js'

const shown = /^svc_[a-z0-9]{10}_[\w-]{43}\n$/

/** A server on the store, its URL, and what it says. */
async function withServer(words: readonly string[], use: (scene: { store: Store; url: string; output: () => string }) => Promise<void>, start?: (store: Store) => Promise<readonly string[]>): Promise<void> {
  await using store = await Store.create()
  const more = (await start?.(store)) ?? []
  await using server = store.start(['serve', '--port', '0', ...words, ...more])
  const [, url = ''] = await server.line(/^listening on (\S+)$/)
  await use({ store, url, output: () => server.stdout + server.stderr })
}

describe('straight on a backend', () => {
  test('a token is printed alone, once, listed and revoked', async () => {
    await using store = await Store.create()
    const made = await store.svc(['token', 'create', '--role', 'operator', '--name', 'ops bot', '--expires', '30d'], { SVC_ACTOR: 'ann' })
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(shown), stderr: expect.stringMatching(/^svc: token \w{10} was made, with the role operator, good until .*; it is not shown again\n$/) })
    const id = made.stdout.slice(4, 14)
    const listed = await store.svc(['token', 'list', '-f', 'json'])
    expect(listed.stdout).not.toContain(made.stdout.trim().slice(-43))
    expect(JSON.parse(listed.stdout)).toEqual([{ Id: id, Name: 'ops bot', Role: 'operator', State: 'good', 'Created At': expect.stringMatching(/Z$/), 'Expires At': expect.stringMatching(/Z$/), 'Created By': 'ann' }])
    expect((await store.svc(['token', 'revoke', id])).code).toBe(64)
    expect(await store.svc(['token', 'revoke', id, '--yes'])).toMatchObject({ code: 0, stdout: `token ${id} (ops bot, operator) is revoked\n` })
    expect((await store.svc(['token', 'revoke', id, '--yes'])).code).toBe(3)
    expect(await store.svc(['token', 'list'])).toMatchObject({ code: 0, stderr: 'svc: no tokens\n' })
  })

  test('-f json tells all of it; a role is needed, and a wrong one is told', async () => {
    await using store = await Store.create()
    const { stdout } = await store.svc(['token', 'create', '--role', 'reader', '-f', 'json'])
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(['Token', 'Id', 'Name', 'Role', 'State', 'Created At', 'Expires At', 'Created By', 'Source'])
    expect(await store.svc(['token', 'create'])).toMatchObject({ code: 64, stderr: expect.stringContaining('Which role?') })
    expect((await store.svc(['token', 'create', '--role', 'root'])).code).toBe(64)
    expect((await store.svc(['token', 'create', '--role', 'admin', '--expires', 'soon'])).code).toBe(64)
    expect((await store.svc(['token'])).stderr).toContain('svc token create or svc token list or svc token revoke')
  })
})

describe('over HTTP', () => {
  test('a command shows the token of SVC_TOKEN, else of --token-file or SVC_TOKEN_FILE; without the role it exits with 4 and says what to do', () =>
    withServer([], async ({ store, url, output }) => {
      const admin = (await store.svc(['token', 'create', '--role', 'admin'])).stdout.trim()
      const reader = (await store.svc(['token', 'create', '--role', 'reader'])).stdout.trim()
      const file = `${store.folder}/reader.token`
      writeFileSync(file, `${reader}\n`, { mode: 0o600 })
      expect(statSync(file).mode & 0o077).toBe(0)
      const over = (words: readonly string[], env = {}): ReturnType<Store['svc']> => store.svc([...words, '--endpoint', url], env)
      const list = ['token', 'list', '-f', 'value', '-c', 'role']
      await expect(over(list)).resolves.toMatchObject({ code: 4, stderr: expect.stringMatching(/SVC_TOKEN_FILE.*--role admin/) })
      expect(await over(list, { SVC_TOKEN: admin })).toMatchObject({ code: 0, stdout: 'admin\nreader\n' })
      expect(await over(list, { SVC_TOKEN_FILE: file })).toMatchObject({ code: 4, stderr: expect.stringContaining('has the role reader, this needs admin') })
      expect(await over(['groups'], { SVC_TOKEN_FILE: file })).toMatchObject({ code: 0 })
      expect((await over([...list, '--token-file', file], { SVC_TOKEN: admin })).code).toBe(4)
      expect(await over(['groups'], { SVC_TOKEN: 'wrong' })).toMatchObject({ code: 4, stderr: expect.stringContaining('not known') })
      expect((await over(['groups', '--token-file', `${store.folder}/nosuch`])).code).toBe(64)
      const made = await over(['token', 'create', '--role', 'operator', '--name', 'x'], { SVC_TOKEN: admin })
      expect(made.stdout).toMatch(shown)
      expect(await over(['token', 'revoke', made.stdout.slice(4, 14), '--yes'], { SVC_TOKEN: admin })).toMatchObject({ code: 0 })
      expect(output()).not.toMatch(/svc_[a-z0-9]{10}_/)
    }))

  test('a server that others can reach is refused without a token', async () => {
    await using store = await Store.create()
    expect(await store.svc(['serve', '--port', '0', '--host', '0.0.0.0'])).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('svc token create --role admin') })
  })

  test('https with certificates of both sides: the files name whom to trust and who asks; HUP reads them anew', async () => {
    await using store = await Store.create()
    const files = await makeTlsFiles(store.folder)
    await using server = store.start(['serve', '--port', '0', '--tls-cert', files.server, '--tls-client-ca', files.ca])
    const [, url = ''] = await server.line(/^listening on (https:\S+)$/)
    const env = { SVC_ENDPOINT: url, SVC_CA_FILE: files.ca, SVC_CERT_FILE: files.clientCertificate, SVC_KEY_FILE: files.clientKey }
    expect(await store.svc(['groups', '-f', 'json'], env)).toMatchObject({ code: 0, stdout: '[]\n' })
    expect((await store.svc(['groups'], { ...env, SVC_CA_FILE: undefined })).code).toBe(69)
    expect((await store.svc(['groups'], { ...env, SVC_CERT_FILE: undefined, SVC_KEY_FILE: undefined })).code).toBe(69)
    expect((await store.svc(['groups'], { ...env, SVC_KEY_FILE: undefined })).code).toBe(64)
    expect(await store.svc(['doctor'], env)).toMatchObject({ code: 0, stdout: expect.stringMatching(/ok +readyz/) })
    server.signal('SIGHUP')
    await server.line(/certificates read anew/, { from: 'stderr' })
    expect((await store.svc(['serve', '--port', '0', '--tls-key', files.server])).code).toBe(64)
  })
})
