/** A line is broken at the first chance after this column. */
const bestWidth = 80

export interface Place {
  /** Where the space before the scalar stands. */
  readonly column: number
  /** Of the lines that follow, if it is broken into several. */
  readonly indent: number
}

/** Keys that stand before a colon; others are written after `? `. */
export const isShortKey = (text: string): boolean => /^[^\n]{1,127}$/u.test(text)

/**
 * Writes text as PyYAML's emitter does: plain if nothing else could be read from it by YAML 1.1, in single quotes if all of it is
 * ASCII that is shown, else in double quotes. Broken into lines where it has a place; a key has none.
 */
export function yamlScalar(text: string, place?: Place): string {
  if (needsEscapes(text)) return doubleQuoted(text, place)
  if (isPlain(text)) return broken(text, place, 1)
  return `'${broken(text.replaceAll(`'`, `''`), place, 2)}'`
}

/** Blanks beside a line break would be lost in any other form. */
const needsEscapes = (text: string): boolean => /[^\n -~]| \n|\n /.test(text)

/** What YAML 1.1 takes for something else than text: https://yaml.org/type/ */
const otherTypes = new RegExp(
  [
    'yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF',
    '~|null|Null|NULL|<<|=|',
    '[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)',
    String.raw`[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?`,
    String.raw`[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)`,
    String.raw`\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]| +)\d\d?:\d\d:\d\d(?:\.\d*)?(?: *(?:Z|[-+]\d\d?(?::\d\d)?))?`,
  ]
    .map((type) => `^(?:${type})$`)
    .join('|'),
)

/** Signs that begin something else: at the start, or beside a blank. */
const indicators = /^[#,[\]{}&*!|>'"%@`]|^[-?:](?: |$)|^---|^\.\.\.|:(?: |$)| #|^ | $/

const isPlain = (text: string): boolean => !text.includes('\n') && !indicators.test(text) && !otherTypes.test(text)

/** Breaks after the best width at blanks that stand alone. A line break of the text is written as one more of them. */
function broken(text: string, place: Place | undefined, opening: number): string {
  if (!place) return text
  const margin = ' '.repeat(place.indent)
  let column = place.column + opening
  return text.replace(/\n+|(?<=[^ ])( )(?=[^ ])|[^\n ]+| +/g, (part, between?: string) => {
    if (part.startsWith('\n') || (between !== undefined && column > bestWidth)) {
      column = place.indent
      return `${between === undefined ? part : ''}\n${margin}`
    }
    column += part.length
    return part
  })
}

const shortEscapes: Readonly<Record<string, string>> = { '\0': '0', '\x07': 'a', '\b': 'b', '\t': 't', '\n': 'n', '\v': 'v', '\f': 'f', '\r': 'r', '\x1b': 'e', '"': '"', '\\': '\\', '\x85': 'N', '\xa0': '_', '\u2028': 'L', '\u2029': 'P' }

function escaped(character: string): string {
  const short = shortEscapes[character]
  if (short !== undefined) return `\\${short}`
  const code = character.codePointAt(0) ?? 0
  const [letter, digits] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8]
  return `\\${letter}${code.toString(16).toUpperCase().padStart(digits, '0')}`
}

/** Breaks before a blank or beside an escape once the best width is reached, with a backslash at the end of the line. */
function doubleQuoted(text: string, place?: Place): string {
  const characters = Array.from(text) // code points, as Python counts
  let column = (place?.column ?? 0) + 2
  let isFree = true // nothing but escapes since the last break or escape
  let written = '"'
  const breakBefore = (next: string | undefined): void => {
    const start = next === ' ' ? '\\' : '' // else the blank would be lost
    written += `\\\n${' '.repeat(place?.indent ?? 0)}${start}`
    column = (place?.indent ?? 0) + start.length
  }
  for (const [index, character] of characters.entries()) {
    const mayBreak = place !== undefined && index > 0 && index < characters.length - 1
    if (/[ !#-[\]-~]/.test(character)) {
      if (mayBreak && (character === ' ' || isFree) && column > bestWidth) breakBefore(character)
      written += character
      column += 1
      isFree = false
    } else {
      const escape = escaped(character)
      written += escape
      column += escape.length
      isFree = true
      if (mayBreak && column > bestWidth + 1) breakBefore(characters[index + 1])
    }
  }
  return `${written}"`
}
