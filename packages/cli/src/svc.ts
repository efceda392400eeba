import { processIo } from './io.js'
import { main } from './main.js'

process.exitCode = await main(process.argv.slice(2), processIo())
setTimeout(() => process.exit(), 250).unref() // whatever else still runs must not keep the shell waiting
