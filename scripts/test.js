// npm test [-- jest's own arguments]: installs and builds what is missing, then runs every test.
import { prepare, runTool } from './workspace.js'

prepare()
process.exitCode = runTool('jest', 'bin/jest.js', ['--config', 'scripts/jest.config.js', ...process.argv.slice(2)], {
  nodeOptions: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  allowFailure: true,
})
