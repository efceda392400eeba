import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

import { describe, expect, test } from '@jest/globals'

import { serve } from '@muster/api'
import { silentLogger } from '@muster/common'
import { spawnNode, temporaryFolder } from '@muster/testkit'

import { ServedStore } from './served-store.js'

describe('where it listens', () => {
  test.each(['0.0.0.0', '::', '10.0.0.1', ''])('%j is refused while there are no tokens, and nothing is made', async (host) => {
    await using folder = await temporaryFolder()
    await expect(serve({ backend: `embedded:${folder.path}/store`, host, port: 0, logger: silentLogger })).rejects.toMatchObject({ code: 'not_allowed', hint: expect.stringContaining('svc token create --role admin') })
    expect(existsSync(`${folder.path}/store`)).toBe(false)
  })

  test('localhost and the IPv6 loopback are served', async () => {
    await using folder = await temporaryFolder()
    for (const [host, url] of [
      ['localhost', /^http:\/\/localhost:\d+$/],
      ['::1', /^http:\/\/\[::1\]:\d+$/],
    ] as const) {
      const server = await serve({ backend: `embedded:${folder.path}`, host, port: 0, logger: silentLogger })
      expect(server.url).toMatch(url)
      expect((await fetch(`${server.url}/livez`)).status).toBe(200)
      await server.close()
    }
  })

  test('a busy port and a port that is none are told as such, and nothing is left running', async () => {
    await using store = await ServedStore.start()
    const { port } = store.server
    await expect(serve({ backend: store.backend, port, logger: silentLogger })).rejects.toMatchObject({
      code: 'invalid_argument',
      argument: 'port',
      message: `Port ${port} is in use`,
      hint: 'Choose another port, or 0 for any that is free.',
    })
    await expect(serve({ backend: store.backend, port: 65_536, logger: silentLogger })).rejects.toMatchObject({ code: 'invalid_argument', argument: 'port' })
  })

  test('a misspelt backend is told with the one that was meant', async () => {
    const refused = { code: 'invalid_argument', message: expect.stringContaining("'embedded'") }
    await expect(serve({ backend: 'embeded:', port: 0, logger: silentLogger })).rejects.toMatchObject(refused)
  })

  test('an aborted signal stops the start, and later the server', async () => {
    await using folder = await temporaryFolder()
    const backend = `embedded:${folder.path}`
    const reason = new Error('enough')
    await expect(serve({ backend, port: 0, logger: silentLogger, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)

    const controller = new AbortController()
    const server = await serve({ backend, port: 0, logger: silentLogger, signal: controller.signal })
    controller.abort(reason)
    await server.close()
    await expect(fetch(server.url)).rejects.toThrow('fetch failed')
  })
})

describe('a graceful stop', () => {
  test('lets a request under way finish and accepts nothing new', async () => {
    await using store = await ServedStore.start()
    const { server } = store
    const socket = connect(server.port, '127.0.0.1')
    // Under way: its head has arrived, its body has not.
    socket.write('POST /v1/service HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n')
    const [continued] = (await once(socket, 'data')) as [Buffer]
    expect(continued.toString()).toMatch(/^HTTP\/1\.1 100 /)

    const stopped = server.close()
    await expect(fetch(server.url)).rejects.toThrow('fetch failed')
    socket.write('{}')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 405 .*\r\nConnection: close\r\n.*"error":"not_supported"/s)
    await stopped
    expect(server.close()).toBe(server.close())
  })
})

describe('a server process', () => {
  test('logs a line for each change of its state as JSON on stderr, stops on TERM and leaves nothing running', async () => {
    await using folder = await temporaryFolder()
    await using running = spawnNode(new URL('serve-process.js', import.meta.url).pathname, [`embedded:${folder.path}`], { env: { SVC_LOG: undefined } })
    const [, url = ''] = await running.line(/^(http:\S+)$/)
    expect((await fetch(`${url}/v1/service`, { headers: { 'X-Request-Id': 'seen' } })).status).toBe(200)
    expect((await fetch(`${url}/nosuch`)).status).toBe(404)
    running.signal('SIGTERM')
    expect(await running.exited).toEqual({ code: 0, signal: null })

    const lines = running.stderr.trim().split('\n').map((line) => JSON.parse(line) as { msg: string }).filter(({ msg }) => msg !== 'keeping the history') // which it may not have come to
    expect(lines).toMatchObject([{ msg: 'listening', url }, { msg: 'stopping' }, { msg: 'session closed', state: 'closed' }, { msg: 'stopped' }])
  })

  test('tells each request under its id when SVC_LOG asks for it', async () => {
    await using folder = await temporaryFolder()
    await using running = spawnNode(new URL('serve-process.js', import.meta.url).pathname, [`embedded:${folder.path}`], { env: { SVC_LOG: 'debug' } })
    const [, url = ''] = await running.line(/^(http:\S+)$/)
    await fetch(`${url}/v1/service?group=a`, { headers: { 'X-Request-Id': 'seen' } })
    const [line] = await running.line(/"requestId":"seen"/, { from: 'stderr' })
    expect(line).toBe('"requestId":"seen"')
    const logged: unknown = JSON.parse(running.stderr.split('\n').find((candidate) => candidate.includes('"seen"')) ?? '')
    expect(logged).toMatchObject({ method: 'GET', path: '/v1/service', status: 200, finished: true, msg: 'request' })
  })
})
