// A client that believes for ever that it holds what it once held: for the test that this is found.
import { Holding } from '@muster/coordination'

Object.defineProperty(Holding.prototype, 'held', { get: () => true })
await import('./client-process.js')
