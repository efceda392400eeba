// Apart from the index: tests of the packages below @muster/notifications use that.
export { Keeper } from './keeper.js'
export { serveHistory } from './history-server.js'
export type { HistoryServer } from './history-server.js'
