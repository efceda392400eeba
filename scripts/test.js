// npm test [-- jest's own arguments]: installs and builds what is missing, then runs every test.
import { prepare } from './workspace.js'

prepare()
await import('./run-tests.js')
