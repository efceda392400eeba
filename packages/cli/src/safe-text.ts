/**
 * Characters that act on a terminal instead of being shown: C0, DEL and C1 controls, the marks that reorder
 * text (bidirectional embeddings, overrides and isolates), line and paragraph separators, lone surrogates.
 */
const harmful = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

const shortEscapes: Record<string, string> = { '\n': String.raw`\n`, '\r': String.raw`\r`, '\t': String.raw`\t` }

const hex = (character: string, digits: number): string => character.charCodeAt(0).toString(16).padStart(digits, '0')

function escape(character: string): string {
  return shortEscapes[character] ?? (character.charCodeAt(0) < 0x100 ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`)
}

/** Returns the text on one line, with every character that could act on a terminal shown as `\n`, `\x1b` or `\u202e`. */
export function safeText(text: string): string {
  return text.replace(harmful, escape)
}
