// Keeps the history of a store, or waits until it may, until it is killed.
import { answerCalls } from '../remote-calls.js'
import { Keeper } from '../history/keeper.js'

const [backend = '', database = ''] = process.argv.slice(2)
const keeper = await Keeper.open(backend, database)
setInterval(() => undefined, 60_000)

const functions = {
  state: () => keeper.observer.state,
}

export type HistoryKeeperFunctions = typeof functions

answerCalls(functions)
