import { styleText } from 'node:util'

import type { Io } from './io.js'

export type Style = 'green' | 'yellow' | 'red' | 'blue' | 'dim' | 'bold'

/** Puts a text in a style, or returns it as it is. */
export type Paint = (style: Style, text: string) => string

/** Colours are for terminals whose user has not refused them (https://no-color.org); programs get plain text. */
export function painter({ env, columns }: Pick<Io, 'env' | 'columns'>): Paint {
  const wanted = columns !== undefined && !env.NO_COLOR && env.TERM !== 'dumb'
  return wanted ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text
}
