import { startPostgresql } from './server.js'

/** Starts a server and is then killed by a test. */
const server = await startPostgresql()
console.log(`endpoint ${server.endpoint}`)
setInterval(() => undefined, 1000)
