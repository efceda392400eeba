// Serves a backend on a port, until it is killed.
import { serve } from '@muster/api'

const [backend, port] = process.argv.slice(2)
const server = await serve({ backend, port: Number(port) })
console.log(server.url)
