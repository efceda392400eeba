// Watches a server, closes the client in the middle of the watch, and has nothing more to do.
import { createClient } from '@muster/client'
import { isMusterError } from '@muster/common'

const client = createClient(process.argv[2] ?? '')
try {
  for await (const changes of client.watchWorkers()) {
    console.log(`${changes.length} workers`)
    setImmediate(() => void client.close())
  }
} catch (error) {
  if (!isMusterError(error, 'closed')) throw error
  console.log(error.code)
}
