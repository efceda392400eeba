import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'

import { expect, test } from '@jest/globals'
import { makeTlsFiles } from '@muster/testkit'

import { diagnose } from './doctor.js'
import type { Diagnosis } from './doctor.js'
import { Store } from './svc.js'

/** What the doctor says of a server behind a TLS proxy with a certificate that is good for so many days. */
async function diagnoseBehindTls(serverDays: number, { trusted = true } = {}): Promise<Diagnosis> {
  await using store = await Store.create()
  const tls = await makeTlsFiles(store.folder, { serverDays })
  await using server = store.start(['serve', '--port', '0'])
  const [, port] = await server.line(/^listening on http:\/\/127\.0\.0\.1:(\d+)$/)
  const pem = readFileSync(tls.server)
  const proxy = createServer({ key: pem, cert: pem }, (outside) => {
    const inside = connect(Number(port), '127.0.0.1')
    outside.on('error', () => inside.destroy()).pipe(inside)
    inside.on('error', () => outside.destroy()).pipe(outside)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  try {
    return await diagnose(store, ['--endpoint', `https://localhost:${(proxy.address() as AddressInfo).port}`], { NODE_EXTRA_CA_CERTS: trusted ? tls.ca : undefined })
  } finally {
    proxy.close()
  }
}

test('a certificate that is good for long is in order', async () => {
  const diagnosis = await diagnoseBehindTls(90)
  expect(diagnosis.code).toBe(0)
  expect(diagnosis.of('tls')).toMatchObject([{ status: 'ok', found: expect.stringMatching(/TLSv1\.[23], the certificate is good for (89|90) days$/) }])
  expect(diagnosis.of('readyz')).toMatchObject([{ status: 'ok' }])
})

test('one that soon expires is a warning', async () => {
  const diagnosis = await diagnoseBehindTls(3)
  expect(diagnosis.code).toBe(0)
  expect(diagnosis.of('tls')).toMatchObject([{ status: 'warn', found: expect.stringMatching(/expires in [23] days, on /), advice: expect.stringContaining('Renew') }])
})

test('one that has expired is why the server cannot be used', async () => {
  const diagnosis = await diagnoseBehindTls(-1)
  expect(diagnosis.code).toBe(69)
  expect(diagnosis.of('tls')).toMatchObject([{ status: 'fail', found: expect.stringContaining('the certificate has expired on ') }])
  expect(diagnosis.of('livez')).toMatchObject([{ status: 'skip' }])
})

test('one of an authority that is not known here is told with how to name it', async () => {
  const diagnosis = await diagnoseBehindTls(90, { trusted: false })
  expect(diagnosis.code).toBe(69)
  expect(diagnosis.of('tls')).toMatchObject([{ status: 'fail', found: expect.stringContaining('is not trusted'), advice: expect.stringContaining('--ca-file FILE') }])
})
