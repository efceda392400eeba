import type { RawAnswer } from '../raw-http.js'

const always = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none';frame-ancestors 'none'", 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' } as const
const problemKeys = 'type title status detail instance code description error hint requestId errors'
/** Of 503: what is true of a server that is full, or whose backend fails. */
const true503 = ['queue_full', 'backend_unreachable', 'outcome_unknown', 'session_lost', 'closed']
/** What the inside of a program looks like. */
const inside = /\n\s+at |node_modules|\.[cm]?[jt]s:\d+|file:\/\/|SQLITE|internal_error/

/** What is wrong with an answer, whoever asked for whatever; nothing is as it must be. */
export function complaintsOf(answer: RawAnswer): string[] {
  const { status, headers, body } = answer
  if (status < 200) return []
  const complaints = Object.entries(always).flatMap(([name, value]) => (headers[name] === value ? [] : [`no ${name}`]))
  if (headers['x-injected'] !== undefined) complaints.push('an injected header')
  if (headers['x-powered-by'] !== undefined || headers.server !== undefined) complaints.push('it says what it is made of')
  if (!(status >= 200 && status < 500) && status !== 503) complaints.push(`status ${status}`)
  if (status >= 400 && inside.test(body)) complaints.push(`shows its inside: ${body.slice(0, 300)}`)
  return status >= 400 && body !== '' ? [...complaints, ...complaintsOfError(answer)] : complaints
}

function complaintsOfError({ status, headers, body }: RawAnswer): string[] {
  const content = parse(body)
  if (headers['content-type'] === 'application/problem+json') {
    const wrong = Object.keys(content).join(' ') !== problemKeys || content.status !== status || content.requestId !== headers['x-request-id']
    const isTrue = status < 500 || (true503.includes(String(content.error)) && headers['retry-after'] !== undefined)
    return [...(wrong ? [`no problem: ${body.slice(0, 200)}`] : []), ...(isTrue ? [] : [`not a true 503: ${body.slice(0, 200)}`])]
  }
  const [fault] = Object.values(content)
  const isFault = typeof fault === 'object' && fault !== null && 'code' in fault && fault.code === status && 'message' in fault
  return isFault ? [] : [`neither a problem nor a fault: ${body.slice(0, 200)}`]
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(text, 'latin1').toString()) as Record<string, unknown>
  } catch {
    return {}
  }
}
