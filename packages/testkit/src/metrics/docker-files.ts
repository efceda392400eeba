import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { parse } from 'yaml'

import { root } from '../packaging/npm.js'

export interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export interface Board {
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string; readonly query: string }[] }
  readonly panels: readonly { readonly id: number; readonly title: string; readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>; readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[] }[]
}

const read = (file: string): Promise<string> => readFile(join(root, 'docker', file), 'utf8')

export async function readRules(): Promise<readonly Rule[]> {
  const { groups } = parse(await read('alerts.yaml')) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] }
  return groups.flatMap(({ rules }) => rules)
}

export async function readBoard(): Promise<Board> {
  return JSON.parse(await read('grafana.json')) as Board
}

export const readGuide = (): Promise<string> => read('README.md')
