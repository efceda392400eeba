// npm run lint: eslint with types, then the table of allowed imports between packages.
import { prepare, runTool } from './workspace.js'

prepare()
const eslint = runTool('eslint', 'bin/eslint.js', ['--config', 'scripts/eslint.config.js', '--max-warnings', '0', 'packages', 'scripts'], { allowFailure: true })
const cruiser = runTool('dependency-cruiser', 'bin/dependency-cruise.mjs', ['--config', 'scripts/dependency-cruiser.config.js', 'packages'], { allowFailure: true })
process.exitCode = eslint || cruiser
