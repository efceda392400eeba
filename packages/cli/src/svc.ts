import { processIo } from './io.js'
import { main } from './main.js'

void main(process.argv.slice(2), processIo()).then((status) => {
  process.exitCode = status
  setTimeout(() => process.exit(), 250).unref() // whatever else still runs must not keep the shell waiting
})
