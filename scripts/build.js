// Compiles every package and its tests, removes outputs whose source is gone, and bundles `svc`.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { isInstalled, markBuilt, packages, requireNode, root, run, runTool } from './workspace.js'

requireNode()
if (!isInstalled()) run('npm', ['ci', '--no-audit', '--no-fund'])
const startedAt = Date.now()

/** True for what was compiled from a file that is no longer in `source`. */
function isOrphan(name, source) {
  return /\.(js|d\.ts)(\.map)?$/.test(name) && !existsSync(join(source, name.replace(/\.(js|d\.ts)(\.map)?$/, '.ts')))
}

function removeOrphans(output, source) {
  if (!existsSync(output)) return
  for (const entry of readdirSync(output, { withFileTypes: true })) {
    const path = join(output, entry.name)
    if (entry.isDirectory()) removeOrphans(path, join(source, entry.name))
    else if (isOrphan(entry.name, source)) rmSync(path)
  }
}

const projects = []
for (const name of packages()) {
  const folder = join(root, 'packages', name)
  projects.push(join('packages', name))
  if (existsSync(join(folder, 'test', 'tsconfig.json'))) projects.push(join('packages', name, 'test'))
  for (const entry of existsSync(join(folder, 'dist')) ? readdirSync(join(folder, 'dist'), { withFileTypes: true }) : []) {
    if (entry.name === 'bundle') rmSync(join(folder, 'dist', 'bundle'), { recursive: true })
    else if (entry.name === 'test') removeOrphans(join(folder, 'dist', 'test'), join(folder, 'test'))
    else if (entry.isDirectory()) removeOrphans(join(folder, 'dist', entry.name), join(folder, 'src', entry.name))
    else if (isOrphan(entry.name, join(folder, 'src'))) rmSync(join(folder, 'dist', entry.name))
  }
}
runTool('typescript', 'bin/tsc', ['-b', ...projects])
if (existsSync(join(root, 'packages/cli/src/svc.ts'))) await import('./bundle-cli.js')
markBuilt(startedAt)
