import { startRabbitMq } from './server.js'

/** Starts a broker and is then killed by a test. */
const server = await startRabbitMq()
console.log(`endpoint ${server.endpoint}`)
setInterval(() => undefined, 1000)
