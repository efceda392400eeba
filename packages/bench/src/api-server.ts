// The server under test: the HTTP API of the backend it is given, as `svc serve` runs it.
import { serve } from '@muster/api'
import type { ServeOptions } from '@muster/api'

import { serveUntilDisconnected } from './server-process.js'

const [backend, options = '{}'] = process.argv.slice(2)
const server = await serve({ backend, port: 0, ...(JSON.parse(options) as ServeOptions) })
serveUntilDisconnected(server.url, () => void server.close())
