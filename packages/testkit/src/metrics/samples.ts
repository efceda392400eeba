/** One value that a server tells of itself. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Reads the text format of Prometheus, version 0.0.4. @throws for a line that is none of it, and for a value told twice */
export function readSamples(text: string): readonly Sample[] {
  const samples = text.split('\n').flatMap((line) => (line === '' || line.startsWith('#') ? [] : [readLine(line)]))
  const seen = new Set<string>()
  for (const { name, labels } of samples) {
    const key = JSON.stringify([name, Object.entries(labels).sort()])
    if (seen.has(key)) throw new Error(`told twice: ${key}`)
    seen.add(key)
  }
  return samples
}

function readLine(line: string): Sample {
  const { name, labels = '', value } = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>N[aA][nN]|[+-]?Inf|[-+.\de]+)$/.exec(line)?.groups ?? {}
  if (name === undefined || value === undefined) throw new Error(`no sample: ${line}`)
  const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/gy)]
  if (pairs.map(([pair]) => pair).join('') !== labels) throw new Error(`wrong labels: ${line}`)
  return { name, labels: Object.fromEntries(pairs.map(([, key = '', text = '']) => [key, unescape(text)])), value: Number(value.replace('Inf', 'Infinity')) }
}

const unescape = (text: string): string => text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
