// Starts a ZooKeeper server and tells where it is; then stays until it is ended, or told to exit.
import { startZooKeeper } from './server.js'

const { endpoint } = await startZooKeeper()
console.log(`endpoint ${endpoint}`)
process.on('message', () => process.exit(0))
