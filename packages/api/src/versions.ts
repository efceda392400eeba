import type { Request } from 'express'

import { answerJson } from './answer.js'
import type { Route } from './route.js'
import { body } from './schemas/schemas.js'

/** The address that the client used; without a Host header (HTTP/1.0) the one that it reached. */
function baseUrl({ headers, socket }: Request): string {
  const { localAddress = '127.0.0.1', localPort = 80 } = socket
  return `http://${headers.host ?? (localAddress.includes(':') ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`)}`
}

/** `GET /`, the version document in Vitrage's form, and `GET /v1`, the same for the one version there is. They name the paths that need nothing more. */
export function versionRoutes(routes: () => readonly Route[]): Route[] {
  const v1 = (req: Request): object => {
    const base = baseUrl(req)
    const paths = routes().flatMap(({ path, method }) => (method === 'get' && /^\/v1\/\w+$|openapi/.test(path) ? [path] : []))
    const links = [{ rel: 'self', href: `${base}/v1/` }, ...paths.map((path) => ({ rel: path.replace(/^.*\/|\..*$/g, ''), href: base + path }))]
    return { status: 'CURRENT', links, id: 'v1.0', updated: '2015-11-29' } // id and date are those of Vitrage's API, whose lists these are
  }
  const route = (path: string, summary: string, schema: 'Version' | 'Versions', content: (req: Request) => object): Route => ({
    path,
    method: 'get',
    operation: { summary, answers: { 200: { description: 'With the paths there are.', schema: body(schema) } } },
    handler: (req, res) => answerJson(res, 200, content(req)),
  })
  return [route('/v1', 'The version of this API.', 'Version', (req) => ({ version: v1(req) })), route('/', 'The versions there are.', 'Versions', (req) => ({ versions: [v1(req)] }))]
}
