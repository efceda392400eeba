// npm start [-- --port N] [--backend URL]: installs and builds what is missing, then shows Muster at work until Ctrl-C.
import { prepare } from './workspace.js'

prepare()
import('./demo/demo.js').then(({ demo }) => demo(process.argv.slice(2)))
