// The peer: a route of express that finds an object by the name in its path, and does nothing else.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'

import express from 'express'

import { serveUntilDisconnected } from '../server-process.js'

const [file = ''] = process.argv.slice(2)
const service = JSON.parse(readFileSync(file, 'utf8')) as { readonly uuid: string }
const services = new Map([[service.uuid, service]])
const app = express()
app.get('/v1/service/:uuid', (req, res) => {
  res.json(services.get(req.params.uuid))
})
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
serveUntilDisconnected(`http://127.0.0.1:${port}`, () => {
  server.close()
  server.closeAllConnections()
})
