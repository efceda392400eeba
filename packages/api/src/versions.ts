import type { Request } from 'express'

import { answerJson } from './answer.js'
import { baseUrl } from './base-url.js'
import { novaVersion } from './faces/nova/version-documents.js'
import type { Route } from './route.js'
import { body } from './schemas/schemas.js'

/** `GET /`, the version document in the form that Vitrage's and Nova's have in common, and `GET /v1`, the same for the one version there is. They name the paths that need nothing more. */
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
    role: 'open',
    operation: { summary, answers: { 200: { description: 'With the paths there are.', schema: body(schema) } } },
    handler: (req, res) => answerJson(res, 200, content(req)),
  })
  return [route('/v1', 'The version of this API.', 'Version', (req) => ({ version: v1(req) })), route('/', 'The versions there are.', 'Versions', (req) => ({ versions: [v1(req), novaVersion(baseUrl(req))] }))]
}
