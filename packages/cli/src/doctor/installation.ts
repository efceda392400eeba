import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { packageVersion } from '../version.js'
import { fail, ok, warn } from './check.js'
import type { Check, Finding } from './check.js'

const oldestNode = [20, 19] as const

/** Node and the packages of Muster that are installed. */
export const installationChecks: readonly Check[] = [
  { name: 'node', look: () => Promise.resolve(nodeOf(process.versions.node)) },
  { name: 'muster', look: () => Promise.resolve(versionsOf(packageVersion(), installedVersions())) },
]

export function nodeOf(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])
  return isOld ? fail(`${version} is too old`, `Muster needs Node ${oldestNode.join('.')} or newer: https://nodejs.org`) : ok(`${version}, ${process.platform} ${process.arch}`)
}

/** All packages of one release belong together: they are tested with each other only. */
export function versionsOf(own: string, installed: ReadonlyMap<string, string>): Finding {
  const others = [...installed].filter(([, version]) => version !== own)
  if (others.length === 0) return ok(`${own}, ${installed.size} packages of one version`)
  const names = others.map(([name, version]) => `${name} ${version}`).join(', ')
  return warn(`svc ${own} beside ${names}`, `Install one version of all: npm install ${others.map(([name]) => `${name}@${own}`).join(' ')}`)
}

/** The `@muster` packages that this program would load, with their versions. */
function installedVersions(): Map<string, string> {
  const versions = new Map<string, string>()
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const scope = join(folder, 'node_modules', '@muster')
    for (const name of existsSync(scope) ? readdirSync(scope) : []) {
      const file = join(scope, name, 'package.json')
      if (existsSync(file) && !versions.has(`@muster/${name}`)) versions.set(`@muster/${name}`, (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version)
    }
    if (folder === dirname(folder)) return versions
  }
}
