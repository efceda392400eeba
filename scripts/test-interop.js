// npm run test:interop [-- jest's own arguments]: installs and builds what is missing, then runs the tests with Python's programs.
import { prepare } from './workspace.js'

prepare()
await import('./run-interop-tests.js')
