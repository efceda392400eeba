// Loaded by a server before its own code: each SIGUSR2 makes it collect garbage and write what is left in use.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
let times = 0

process.on('SIGUSR2', () => {
  collect()
  collect() // what was freed by finalizers of the first
  const { heapUsed, external } = process.memoryUsage()
  times += 1
  process.stdout.write(`in use ${times}: ${heapUsed + external} bytes\n`)
})
