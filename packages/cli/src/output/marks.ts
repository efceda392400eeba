import type { Io } from '../io.js'

export interface Mark {
  /** Stands before the word, so that colour is never the only sign; empty where the word is a sign itself. */
  readonly glyph: string
  /** An SGR parameter of a terminal. */
  readonly colour: number
}

/** The mark of what a cell says; undefined for what has none. */
export type Marks = (text: string) => Mark | undefined

export const colours = { red: 31, green: 32, yellow: 33 } as const
export const up: Mark = { glyph: '●', colour: colours.green }
export const laggy: Mark = { glyph: '◐', colour: colours.yellow }
export const down: Mark = { glyph: '○', colour: colours.red }

const marksOfStates: ReadonlyMap<string, Mark> = new Map([['up', up], ['down', down]])

/** The marks of a State column: `up`, `up (lag 4.2s)`, `down`. */
export const stateMarks: Marks = (text) => (text.startsWith('up (') ? laggy : marksOfStates.get(text))

/** The marks of a contender's state: `held`, `waiting`. */
export const contenderMarks: Marks = (text) => ({ held: up, waiting: laggy })[text]

/** What marks may be shown: none, colours alone, or colours and glyphs. */
export type Marking = 'plain' | 'colour' | 'colour and glyph'

/**
 * A terminal gets marks, unless it is dumb or `CLICOLOR=0` is set; `CLICOLOR_FORCE` or `FORCE_COLOR` ask for them anywhere,
 * `NO_COLOR` and `FORCE_COLOR=0` nowhere. Glyphs need a locale of UTF-8.
 */
export function markingFor({ env, columns }: Pick<Io, 'env' | 'columns'>): Marking {
  const isSet = (name: string): boolean => !['', '0', 'false', undefined].includes(env[name])
  const never = Boolean(env.NO_COLOR) || ['0', 'false'].includes(env.FORCE_COLOR ?? '')
  const always = isSet('FORCE_COLOR') || isSet('CLICOLOR_FORCE')
  const usually = columns !== undefined && env.TERM !== 'dumb' && env.CLICOLOR !== '0'
  if (never || !(always || usually)) return 'plain'
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '') ? 'colour and glyph' : 'colour'
}

export const withGlyph = (text: string, mark: Mark | undefined): string => (mark?.glyph ? `${mark.glyph} ${text}` : text)

export const paint = (text: string, mark: Mark | undefined): string => (mark && text !== '' ? `\u001b[${mark.colour}m${text}\u001b[39m` : text)
