// A process that serves the backend it is given until TERM.
import { serve } from '@muster/api'

const server = await serve({ backend: process.argv[2], port: 0 })
process.once('SIGTERM', () => void server.close())
console.log(server.url)
