import { StringDecoder } from 'node:string_decoder'

/** A longer line is told in pieces: a command that writes no newline must not fill the memory. */
const longest = 1024 * 1024

/** The lines of a stream, each with its newline; the last one may have none. What comes together is told together. */
export async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<readonly string[], void> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.write(chunk)).split(/(?<=\n)/)
    const last = lines.at(-1) ?? ''
    const isWhole = last.endsWith('\n') || last.length > longest
    rest = isWhole ? '' : (lines.pop() ?? '')
    if (lines.length > 0) yield lines
  }
  rest += decoder.end()
  if (rest !== '') yield [rest]
}
