// Runs in a package's folder before each `npm pack` and `npm publish` of it: it gets the LICENSE, and an old build goes nowhere.
import { copyFileSync, existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'

import { isBuilt, root } from './workspace.js'

if (!isBuilt()) {
  console.error('What is built is older than its sources. Run: npm run build')
  process.exit(1)
}
const license = join(root, 'LICENSE')
if (!existsSync('LICENSE') || readFileSync('LICENSE', 'utf8') !== readFileSync(license, 'utf8')) {
  const copy = `LICENSE.${process.pid}` // renamed when it is whole: another `npm pack` may be reading
  copyFileSync(license, copy)
  renameSync(copy, 'LICENSE')
}
