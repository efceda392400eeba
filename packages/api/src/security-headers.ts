import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

import helmet from 'helmet'

/**
 * The answers are data for programs: no page may run, frame or embed them. Strict-Transport-Security is for TLS; what is for pages alone,
 * or for browsers that are gone, is left out: headers are most of what a warm list costs beside its bytes.
 */
const setHeaders = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  xFrameOptions: { action: 'deny' },
  strictTransportSecurity: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
})

/** The security headers of every answer, names and values by turns. They are always the same, so helmet is asked once instead of by each request. */
export const securityHeaders: readonly string[] = recordHeaders()

function recordHeaders(): string[] {
  const recorded: string[] = []
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  response.setHeader = (name, value) => {
    recorded.push(name, String(value))
    return response
  }
  setHeaders(request, response, () => {})
  return recorded
}
