// The peer: Node's own server, which sends the bytes of a file and does nothing else.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { serveUntilDisconnected } from './server-process.js'

const [file = '', contentType = ''] = process.argv.slice(2)
const bytes = readFileSync(file)
const server = createServer((_request, response) => {
  response.setHeader('Content-Type', contentType)
  response.end(bytes)
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
serveUntilDisconnected(`http://127.0.0.1:${port}`, () => {
  server.close()
  server.closeAllConnections()
})
