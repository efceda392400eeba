import { InvalidArgument, suggest } from '@muster/common'

/** As cliff's users write them: `process_id` is Process Id. */
const folded = (title: string): string => title.toLowerCase().replaceAll('_', ' ')

/** The index of the column that a word means, in any case and with `_` for a space. */
export function findColumn(word: string, titles: readonly string[]): number | undefined {
  const index = titles.findIndex((title) => folded(title) === folded(word))
  return index < 0 ? undefined : index
}

/** What to say of a word that is no column. */
export function noColumn(word: string, titles: readonly string[]): { readonly message: string; readonly hint: string } {
  const near = suggest(folded(word), titles.map(folded))
  const meant = titles.find((title) => folded(title) === near)
  return { message: `There is no column '${word}'.${meant === undefined ? '' : ` Did you mean '${meant}'?`}`, hint: `Columns: ${titles.join(', ')}` }
}

/** The indexes of the columns that the words name, in the order of the list. @throws InvalidArgument for a word that is none */
export function selectColumns(words: readonly string[], titles: readonly string[]): number[] {
  const indexes = words.map((word) => {
    const index = findColumn(word, titles)
    if (index !== undefined) return index
    const { message, hint } = noColumn(word, titles)
    throw new InvalidArgument('column', message, { hint })
  })
  return titles.map((_, index) => index).filter((index) => indexes.includes(index))
}
