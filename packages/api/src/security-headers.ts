import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

import helmet from 'helmet'

/**
 * The answers are data for programs: no page may run, frame or embed them. What is for pages alone, or for browsers that are gone, is left
 * out: headers are most of what a warm list costs beside its bytes.
 */
const setHeaders = (strictTransportSecurity: boolean): ReturnType<typeof helmet> => helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  xFrameOptions: { action: 'deny' },
  strictTransportSecurity: strictTransportSecurity && { includeSubDomains: false },
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
})

/** The security headers of every answer, names and values by turns. They are always the same, so helmet is asked once instead of by each request. */
export const securityHeaders = recordHeaders(false)

/** The same over TLS, where clients are to come by TLS ever after. */
export const tlsSecurityHeaders = recordHeaders(true)

function recordHeaders(strictTransportSecurity: boolean): readonly string[] {
  const recorded: string[] = []
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  response.setHeader = (name, value) => {
    recorded.push(name, String(value))
    return response
  }
  setHeaders(strictTransportSecurity)(request, response, () => {})
  return recorded
}
