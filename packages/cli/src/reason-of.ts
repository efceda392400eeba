const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ENOTFOUND: 'the name is unknown',
  EAI_AGAIN: 'the name server does not answer',
  ABORT_ERR: 'no answer in time',
  HPE_INVALID_CONSTANT: 'what answers there does not speak HTTP',
}

/** An error of a socket in words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'no answer in time'
  const code = 'code' in error ? String(error.code) : ''
  return reasons[code] ?? error.message
}
