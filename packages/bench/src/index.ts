export { runBenchmarks } from './run.js'
export { isMet } from './outcome.js'
export type { Outcome } from './outcome.js'
