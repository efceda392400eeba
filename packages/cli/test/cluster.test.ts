import { existsSync } from 'node:fs'

import { describe, expect, test } from '@jest/globals'
import { eventually } from '@muster/testkit'

import { Store } from './svc.js'

describe('svc cluster', () => {
  test('create, list and show tell what there is, in every format; a name is given once', async () => {
    await using store = await Store.create()
    const created = await store.svc(['cluster', 'create', 'sample', '--description', 'of tests', '--steps', 'creating=Launching instances, Waiting for ssh', '--steps', 'deleting=Terminating', '-f', 'json'])
    expect(created).toMatchObject({ code: 0, stderr: '' })
    const row = JSON.parse(created.stdout) as Record<string, unknown>
    expect(row).toMatchObject({ 'Name': 'sample', 'Status': 'Validating', 'Description': 'of tests', 'Tenant': 'default', 'Steps': ['Launching instances: pending', 'Waiting for ssh: pending'] })
    expect(await store.svc(['cluster', 'create', 'sample'])).toMatchObject({ code: 6, stdout: '', stderr: expect.stringContaining(`svc: Cluster 'sample' exists already\n`) })
    const listed = await store.svc(['cluster', 'list', '-f', 'value', '-c', 'name', '-c', 'id', '-c', 'plugin_name'])
    expect(listed).toMatchObject({ code: 0, stdout: `sample ${String(row.Id)} muster\n`, stderr: '' })
    for (const which of ['sample', String(row.Id)]) expect(JSON.parse((await store.svc(['cluster', 'show', which, '-f', 'json'])).stdout)).toEqual(row)
    expect((await store.svc(['cluster', 'show', 'sampel'])).code).toBe(3)
  })

  test('tenants are separate: by --tenant, else SVC_TENANT, else default', async () => {
    await using store = await Store.create()
    const names = async (words: string[], env = {}): Promise<string> => (await store.svc(['cluster', 'list', '-f', 'value', '-c', 'name', ...words], env)).stdout
    await store.svc(['cluster', 'create', 'ours'])
    await store.svc(['cluster', 'create', 'theirs', '--tenant', 'blue'])
    expect(await names([])).toBe('ours\n')
    expect(await names(['--tenant', 'blue'])).toBe('theirs\n')
    expect(await names([], { SVC_TENANT: 'blue' })).toBe('theirs\n')
    for (const words of [['cluster', 'show', 'theirs'], ['progress', 'theirs'], ['cluster', 'delete', '--yes', 'theirs'], ['cluster', 'run', 'theirs', '--type', 'creating', '--step', 's', '--total', '1', '--', 'true']]) expect((await store.svc(words)).code).toBe(3)
  })

  test('delete takes what is recorded away; without a terminal only with --yes', async () => {
    await using store = await Store.create()
    await store.svc(['cluster', 'create', 'sample'])
    expect(await store.svc(['cluster', 'delete', 'sample'])).toMatchObject({ code: 64, stderr: expect.stringContaining('no terminal to ask on') })
    expect((await store.svc(['cluster', 'show', 'sample'])).code).toBe(0)
    expect(await store.svc(['cluster', 'delete', 'sample', '--yes'])).toMatchObject({ code: 0, stdout: 'sample is deleted\n' })
    expect(await store.svc(['cluster', 'list'])).toMatchObject({ code: 0, stderr: 'svc: no clusters\n' })
    expect((await store.svc(['cluster', 'delete', 'sample', '--yes'])).code).toBe(3)
  })

  test('where there is no database there are no clusters, and none is made by reading', async () => {
    await using store = await Store.create()
    expect(await store.svc(['cluster', 'list', '-f', 'json'])).toMatchObject({ code: 0, stdout: '[]\n', stderr: 'svc: no clusters\n' })
    expect(await store.svc(['cluster', 'show', 'sample'])).toMatchObject({ code: 3, stderr: expect.stringContaining(`${store.folder}/store/history.db`) })
    expect((await store.svc(['progress', 'sample', '-w'])).code).toBe(3)
    expect((await store.svc(['complete', '--', 'progress', 'sam'])).stdout).toBe('')
    expect(existsSync(`${store.folder}/store`)).toBe(false)
    expect(await store.svc(['cluster', 'list'], { SVC_DATABASE: 'none' })).toMatchObject({ code: 1, stderr: expect.stringContaining('SVC_DATABASE') })
    expect((await store.svc(['cluster', 'create', 'sample', '--database', `sqlite:${store.folder}/other.db`])).code).toBe(0)
    expect(existsSync(`${store.folder}/other.db`)).toBe(true)
  })

  test('completion knows the clusters of the tenant that was typed', async () => {
    await using store = await Store.create()
    await store.svc(['cluster', 'create', 'sample'])
    await store.svc(['cluster', 'create', 'simple', '--tenant', 'blue'])
    const complete = async (...words: string[]): Promise<string> => (await store.svc(['complete', '--', ...words])).stdout
    await eventually(async () => expect(await complete('progress', 's')).toBe('sample\t\n')) // late is none
    await eventually(async () => expect(await complete('cluster', 'run', '--tenant', 'blue', 's')).toBe('simple\t\n'))
    expect(await complete('cluster', 'run', 'sample', '--type', 's')).toBe('scaling\t\n')
    expect(await complete('cluster', 'd')).toMatch(/^delete\tDeletes a cluster/)
  })
})
