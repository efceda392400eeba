// npm run bench [-- list|http]: measures against a peer in the same run; exits with 1 when a bar is missed.
import { prepare } from './workspace.js'

prepare()
const { runBenchmarks } = await import('@muster/bench')
try {
  process.exitCode = (await runBenchmarks(process.argv.slice(2))) ? 0 : 1
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
