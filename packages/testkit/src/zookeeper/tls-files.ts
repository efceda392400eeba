import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** PEM files for mutual TLS. */
export interface TlsFiles {
  /** The certificate authority both sides trust. */
  readonly ca: string
  /** The server's key and certificate in one file, for 127.0.0.1 and localhost. */
  readonly server: string
  readonly clientKey: string
  readonly clientCertificate: string
}

const run = promisify(execFile)

/**
 * Makes a certificate authority of its own and certificates for a server and a client in `folder`, valid for two days; that of the
 * server for `serverDays`, which may be below 0: it has expired then.
 */
export async function makeTlsFiles(folder: string, { serverDays = 2 }: { serverDays?: number } = {}): Promise<TlsFiles> {
  const file = (name: string): string => join(folder, name)
  await openssl('req', '-x509', '-subj', '/CN=Muster test authority', '-days', '2', ...newKey(file('ca.key')), '-out', file('ca.pem'))
  await writeFile(file('extensions'), 'basicConstraints=critical,CA:FALSE\nsubjectAltName=IP:127.0.0.1,DNS:localhost\n')
  for (const name of ['server', 'client']) {
    await openssl('req', '-new', '-subj', `/CN=${name}`, ...newKey(file(`${name}.key`)), '-out', file(`${name}.csr`))
    await openssl(
      ...['x509', '-req', '-days', String(name === 'server' ? serverDays : 2), '-in', file(`${name}.csr`), '-CA', file('ca.pem'), '-CAkey', file('ca.key')],
      ...['-set_serial', String(Date.now()), '-extfile', file('extensions'), '-out', file(`${name}.crt`)],
    )
  }
  await writeFile(file('server.pem'), (await readFile(file('server.key'), 'utf8')) + (await readFile(file('server.crt'), 'utf8')), { mode: 0o600 })
  return { ca: file('ca.pem'), server: file('server.pem'), clientKey: file('client.key'), clientCertificate: file('client.crt') }
}

function newKey(file: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file]
}

async function openssl(...args: readonly string[]): Promise<void> {
  try {
    await run('openssl', args, { timeout: 20_000 })
  } catch (cause) {
    throw new Error(`openssl, which makes the certificates of TLS tests, failed: ${String(cause)}`, { cause })
  }
}
