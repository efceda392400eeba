import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** Lines of a zoo.cfg, by their key. */
export type Settings = Readonly<Record<string, string | number>>

/** The one configuration of the repository: what operators copy is what the tests run. */
export const sharedConfiguration = fileURLToPath(new URL('../../../../docker/zookeeper/zoo.cfg', import.meta.url))

/** The shared zoo.cfg with further settings, later ones over earlier ones. */
export async function renderConfiguration(...layers: readonly Settings[]): Promise<string> {
  const settings = Object.assign({}, parse(await readFile(sharedConfiguration, 'utf8')), ...layers) as Settings
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
}

function parse(text: string): Settings {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()]))
}
