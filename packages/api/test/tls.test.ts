import { once } from 'node:events'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { request } from 'node:https'
import type { RequestOptions } from 'node:https'
import { connect as connectPlainly } from 'node:net'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'

import { expect, test } from '@jest/globals'
import { serve } from '@muster/api'
import type { RunningServer } from '@muster/api'
import { silentLogger } from '@muster/common'
import { makeTlsFiles, temporaryFolder } from '@muster/testkit'
import type { TlsFiles } from '@muster/testkit'

interface Scene {
  readonly folder: string
  readonly files: TlsFiles
  readonly backend: string
  readonly ca: string
}

async function inScene(use: (scene: Scene) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder()
  const files = await makeTlsFiles(folder.path)
  await use({ folder: folder.path, files, backend: `embedded:${folder.path}/store`, ca: await readFile(files.ca, 'utf8') })
}

async function get({ url }: RunningServer, path: string, options: RequestOptions): Promise<{ readonly status: number | undefined; readonly headers: IncomingHttpHeaders; readonly body: string }> {
  const asked = request(url + path, { ...options, agent: false }).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

test('with a certificate the server speaks https, tells clients to stay with it, and names its paths so', () =>
  inScene(async ({ files, backend, ca }) => {
    const server = await serve({ backend, port: 0, tls: { certFile: files.server }, logger: silentLogger })
    try {
      expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
      const { status, headers, body } = await get(server, '/', { ca })
      expect([status, headers['strict-transport-security']]).toEqual([200, 'max-age=31536000'])
      expect(body).toContain(`"${server.url}/v1/service"`)
      await expect(get(server, '/', {})).rejects.toThrow(/certificate/)
      await expect(fetch(server.url.replace('https', 'http'))).rejects.toThrow()
      for (const [maxVersion, works] of [['TLSv1.1', false], ['TLSv1.2', true]] as const) {
        const socket = connect({ host: '127.0.0.1', port: server.port, ca, minVersion: 'TLSv1', maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' })
        const outcome = await once(socket, 'secureConnect').then(() => true, () => false)
        socket.destroy()
        expect([maxVersion, outcome]).toEqual([maxVersion, works])
      }
    } finally {
      await server.close()
    }
  }))

test('with an authority of clients only those with its certificate are answered', () =>
  inScene(async ({ folder, files, backend, ca }) => {
    const server = await serve({ backend, port: 0, tls: { certFile: files.server, clientCaFile: files.ca }, logger: silentLogger })
    try {
      const [cert, key] = [await readFile(files.clientCertificate, 'utf8'), await readFile(files.clientKey, 'utf8')]
      expect((await get(server, '/v1/service', { ca, cert, key })).status).toBe(200)
      await expect(get(server, '/v1/service', { ca })).rejects.toThrow()
      await using other = await temporaryFolder()
      const stranger = await makeTlsFiles(other.path)
      await expect(get(server, '/v1/service', { ca, cert: await readFile(stranger.clientCertificate, 'utf8'), key: await readFile(stranger.clientKey, 'utf8') })).rejects.toThrow()
      expect(folder).not.toBe(other.path)
    } finally {
      await server.close()
    }
  }))

test('certificates are read anew for new connections; of bad ones it says so in the log and keeps the old', () =>
  inScene(async ({ folder, files, backend, ca }) => {
    const lines: string[] = []
    const keep = (_: object, line: string): void => void lines.push(line)
    const certFile = `${folder}/used.pem`
    await copyFile(files.server, certFile)
    const server = await serve({ backend, port: 0, tls: { certFile }, logger: { ...silentLogger, info: keep, error: keep } })
    try {
      await using other = await temporaryFolder()
      const renewed = await makeTlsFiles(other.path)
      await copyFile(renewed.server, certFile)
      await server.reloadTls()
      expect((await get(server, '/livez', { ca: await readFile(renewed.ca, 'utf8') })).status).toBe(200)
      await expect(get(server, '/livez', { ca })).rejects.toThrow(/certificate/)
      await writeFile(certFile, 'not a certificate')
      await server.reloadTls()
      expect((await get(server, '/livez', { ca: await readFile(renewed.ca, 'utf8') })).status).toBe(200)
      expect(lines.filter((line) => line.includes('certificates'))).toEqual(['certificates read anew', 'the certificates cannot be used; the old ones stay'])
    } finally {
      await server.close()
    }
  }))

test('a certificate that cannot be used is told before the server listens, with its file', () =>
  inScene(async ({ folder, files, backend }) => {
    for (const tls of [{ certFile: `${folder}/nosuch.pem` }, { certFile: files.ca }, { certFile: files.server, keyFile: files.clientKey }, { certFile: files.server, clientCaFile: files.clientKey }]) {
      await expect(serve({ backend, port: 0, tls, logger: silentLogger })).rejects.toMatchObject({ code: 'invalid_argument', message: expect.stringContaining(folder) })
    }
  }))

test('a stop waits for no one who only began a handshake, and finishes what is under way', () =>
  inScene(async ({ files, backend, ca }) => {
    const server = await serve({ backend, port: 0, tls: { certFile: files.server }, logger: silentLogger })
    const silent = connectPlainly(server.port, '127.0.0.1')
    await once(silent, 'connect')
    const kept = connect({ host: '127.0.0.1', port: server.port, ca })
    await once(kept, 'secureConnect')
    kept.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(kept, 'data')
    kept.on('error', () => {})
    silent.on('error', () => {})
    const startedAt = performance.now()
    await server.close()
    expect(performance.now() - startedAt).toBeLessThan(4000)
    silent.destroy()
    kept.destroy()
  }))

test('who has shaken hands is not silent, and stays while those of its address that only connect are closed', () =>
  inScene(async ({ files, backend, ca }) => {
    const server = await serve({ backend, port: 0, tls: { certFile: files.server }, logger: silentLogger })
    const asking = connect({ host: '127.0.0.1', port: server.port, ca })
    const silent: Socket[] = []
    const open = async (): Promise<Socket> => {
      const socket = connectPlainly(server.port, '127.0.0.1').on('error', () => {})
      silent.push(socket)
      await once(socket, 'connect')
      return socket
    }
    try {
      await once(asking, 'secureConnect')
      const first = await open()
      while (!first.destroyed) await open()
      asking.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n')
      expect(String(await once(asking, 'data'))).toMatch(/^HTTP\/1.1 200 /)
    } finally {
      for (const socket of [asking, ...silent]) socket.destroy()
      await server.close()
    }
  }))
