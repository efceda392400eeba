/** For tests of the server itself: outside the promises of semantic versioning. */
export { Connections } from './connections.js'
export { createServerFor, guardServer } from './http-server.js'
export { serverLimits } from './limits.js'
