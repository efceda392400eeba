import { closest, distance } from 'fastest-levenshtein'

/** The known word nearest to a misspelt one, or undefined when none is near enough to be meant. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const best = closest(word.toLowerCase(), known)
  return distance(word.toLowerCase(), best) <= Math.max(2, Math.floor(best.length / 3)) ? best : undefined
}

/** ` Did you mean 'x'?`, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const best = suggest(word, known)
  return best === undefined ? '' : ` Did you mean '${best}'?`
}
