import { styleText } from 'node:util'

import type { Io } from './io.js'
import { markingFor } from './output/marks.js'

export type Style = 'green' | 'yellow' | 'red' | 'blue' | 'dim' | 'bold'

/** Puts a text in a style, or returns it as it is. */
export type Paint = (style: Style, text: string) => string

/** Colours are where marks are: on terminals whose user has not refused them. */
export function painter(io: Pick<Io, 'env' | 'columns'>): Paint {
  return markingFor(io) !== 'plain' ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text
}
