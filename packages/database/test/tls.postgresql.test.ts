import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openHistory } from '@muster/database/history'
import { makeTlsFiles, startPostgresql, temporaryFolder } from '@muster/testkit'
import type { PostgresqlServer, TemporaryFolder, TlsFiles } from '@muster/testkit'

let [folder, foreign]: TemporaryFolder[] = []
let files: TlsFiles
let foreignFiles: TlsFiles
let server: PostgresqlServer

beforeAll(async () => {
  ;[folder, foreign] = [await temporaryFolder(), await temporaryFolder()]
  files = await makeTlsFiles(folder.path)
  foreignFiles = await makeTlsFiles(foreign.path)
  server = await startPostgresql({ tls: files })
}, 120_000)
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await folder?.[Symbol.asyncDispose]()
  await foreign?.[Symbol.asyncDispose]()
})

const open = async (query: string): Promise<unknown> => {
  const history = await openHistory(`postgresql://postgres@${server.endpoint}/postgres${query}`, { tablesOf: 'none', migrations: [] })
  await history.close()
  return 'open'
}

test('a server that wants TLS is reached with the authority that signed its certificate', async () => {
  expect(await open(`?sslmode=verify-full&sslrootcert=${files.ca}`)).toBe('open')
  expect(await open('?sslmode=no-verify')).toBe('open')
})

test('without TLS it lets nobody in', async () => {
  await expect(open('')).rejects.toMatchObject({ code: 'not_allowed', message: expect.stringContaining('no encryption') })
})

test('a certificate of another authority is refused with what to do', async () => {
  const refused = { code: 'backend_unreachable', hint: expect.stringContaining('sslrootcert') }
  await expect(open('?sslmode=verify-full')).rejects.toMatchObject(refused)
  await expect(open(`?sslmode=verify-full&sslrootcert=${foreignFiles.ca}`)).rejects.toMatchObject(refused)
})

test('a file that cannot be read is told by its name', async () => {
  await expect(open('?sslmode=verify-full&sslrootcert=/absent/ca.pem')).rejects.toMatchObject({ code: 'invalid_argument', message: expect.stringContaining('/absent/ca.pem') })
})
