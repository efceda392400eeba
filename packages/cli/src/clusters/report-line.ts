/** What a line says of an instance. */
export interface ReportLine {
  readonly instance: string
  /** Why it failed; undefined when it went well. */
  readonly reason: string | undefined
}

/** One word, or JSON's text in quotes for a name with blanks. */
const name = String.raw`("(?:[^"\\]|\\.)*"|[^\s"]\S*)`
const [ok, fail] = [new RegExp(String.raw`^ok\s+${name}\s*$`), new RegExp(String.raw`^fail\s+${name}(?:\s+(.*))?$`, 's')]

/** Reads `ok NAME` or `fail NAME REASON`; undefined for any other line. */
export function readReportLine(line: string): ReportLine | undefined {
  const text = line.trim()
  const [, word, reason = ''] = ok.exec(text) ?? fail.exec(text) ?? []
  const instance = word?.startsWith('"') ? unquoted(word) : word
  if (instance === undefined || instance === '') return undefined
  return { instance, reason: text.startsWith('ok') ? undefined : reason || 'no reason was given' }
}

function unquoted(word: string): string | undefined {
  try {
    return JSON.parse(word) as string
  } catch {
    return undefined
  }
}
