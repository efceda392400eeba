/** One request and its answer, as they are written down: lines of `>` and `<`, an empty one before a body. */
export interface Exchange {
  readonly request: string
  /** With its answer, as it is expected. */
  readonly text: string
}

/** The headers of an answer that clients look at. */
const toldHeaders = ['Allow', 'Content-Type', 'OpenStack-API-Version', 'Vary', 'X-OpenStack-Nova-API-Version']

/** The exchanges of a transcript, which have empty lines between them; lines with `#` say what it is about. */
export function parseTranscript(text: string): Exchange[] {
  const blocks = text.split(/\n{2,}/).map((block) => block.split('\n').filter((line) => line !== '' && !line.startsWith('#')))
  return blocks.filter((lines) => lines.length > 0).map((lines) => ({ request: lines.filter((line) => line.startsWith('>')).join('\n'), text: lines.join('\n') }))
}

/** Names for what is another in each run: `{name}` stands for the text. */
export type Names = ReadonlyMap<string, string>

/** Sends the request to the server at `url`; resolves with the exchange as it was. */
export async function play({ request }: Exchange, url: string, names: Names): Promise<string> {
  const [first = '', ...lines] = request.split('\n').map((line) => line.slice(2))
  const [method = 'GET', path = '/'] = first.split(' ')
  const end = lines.indexOf('')
  const headers = new Headers((end < 0 ? lines : lines.slice(0, end)).map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]))
  const body = end < 0 ? null : unmask(lines.slice(end + 1).join('\n'), names)
  const response = await fetch(url + unmask(path, names), { method, headers, body })
  const told = toldHeaders.flatMap((name) => (response.headers.has(name) ? [`< ${name}: ${response.headers.get(name)}`] : []))
  const content = await response.text()
  return [request, `< ${response.status}`, ...told, ...(content === '' ? [] : ['<', `< ${mask(content, new Map([...names, ['url', url]]))}`])].join('\n')
}

const unmask = (text: string, names: Names): string => text.replaceAll(/\{([\w.-]+)\}/g, (whole, name: string) => names.get(name) ?? whole)

function mask(text: string, names: Names): string {
  const named = [...names].reduce((rest, [name, value]) => rest.replaceAll(value, `{${name}}`), text)
  return named.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}000)?(?=")/g, '{time}').replaceAll(/in (less than a second|\d+ seconds?)(?=")/g, 'in {duration}')
}
