import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

import dockerignore from '@balena/dockerignore'

import { runIn } from '../packaging/npm.js'
import { expand } from './dockerfile.js'
import type { Stage, Step } from './dockerfile.js'

/** What a stage has come to: its files are in the folder `root`, as if that were `/`. */
export interface LocalImage {
  readonly root: string
  readonly env: Readonly<Record<string, string>>
  /** The last step of this kind, as it is written; undefined if there is none. */
  last(keyword: string): string | undefined
}

export interface Program {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Where a path of the image is on this machine. */
const inside = (root: string, path: string): string => (path.startsWith('/') ? join(root, path) : path)

/**
 * Performs the steps of all stages with this machine's own Node and programs, each stage in a folder of its own. The
 * last stage's RUN steps change a system and are left out: its caller looks at them.
 */
export async function buildLocally(stages: readonly Stage[], context: string, folder: string): Promise<LocalImage> {
  const images = new Map<string, LocalImage>()
  for (const stage of stages) images.set(stage.name, await build(stage, { context, images, root: join(folder, `stage-${stage.name}`), isLast: stage === stages.at(-1) }))
  const image = images.get(stages.at(-1)?.name ?? '')
  if (image === undefined) throw new Error('A Dockerfile without a stage')
  return image
}

interface Site {
  readonly context: string
  readonly images: ReadonlyMap<string, LocalImage>
  readonly root: string
  readonly isLast: boolean
}

async function build({ steps }: Stage, { context, images, root, isLast }: Site): Promise<LocalImage> {
  const env: Record<string, string> = {}
  let work = '/'
  await mkdir(root)
  for (const step of steps) {
    if (step.keyword === 'WORKDIR') await mkdir(inside(root, (work = step.text)), { recursive: true })
    else if (step.keyword === 'ENV') for (const [name, value] of Object.entries(step.values)) env[name] = expand(value, env)
    else if (step.keyword === 'COPY') await copy(step, step.flags.from === undefined ? undefined : images.get(step.flags.from), { context, root, work })
    else if (step.keyword === 'RUN' && !isLast) await runIn(inside(root, work), 'sh', ['-c', step.text], { npm_config_prefer_offline: 'true', ...env })
  }
  return { root, env, last: (keyword) => steps.findLast((step) => step.keyword === keyword)?.text }
}

async function copy({ text }: Step, from: LocalImage | undefined, { context, root, work }: { context: string; root: string; work: string }): Promise<void> {
  const [source = '', target = '', ...more] = text.trim().split(/\s+/)
  if (more.length > 0) throw new Error(`COPY of several sources is not understood: ${text}`)
  const to = inside(root, target.startsWith('/') ? target : join(work, target))
  await mkdir(dirname(to), { recursive: true })
  if (from) return cp(inside(from.root, source), to, { recursive: true, verbatimSymlinks: true })
  const ignore = dockerignore.default().add(await readFile(join(context, '.dockerignore'), 'utf8'))
  const isSent = (path: string): boolean => relative(context, path) === '' || !ignore.ignores(relative(context, path))
  await cp(join(context, source), to, { recursive: true, verbatimSymlinks: true, filter: isSent })
}

/** The environment of a process of the image: its own variables, with paths where its files are, over the bare needs. */
export function environmentOf({ root, env }: LocalImage): Record<string, string> {
  const placed = Object.entries(env).map(([name, value]) => [name, value.split(':').map((part) => inside(root, part)).join(':')])
  const { PATH: own = '', ...others } = Object.fromEntries(placed) as Record<string, string>
  const search = expand(own, { PATH: process.env.PATH })
  return { ...others, HOME: root, PATH: `${dirname(process.execPath)}:${search}` }
}

/** Runs words in the image to their end. */
export async function runInside(image: LocalImage, words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Program> {
  const child = spawn(words[0] ?? '', words.slice(1), { env: { ...environmentOf(image), ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}
