import type { Request, RequestHandler } from 'express'

import { answerJson } from './answer.js'
import { baseUrl } from './base-url.js'
import { novaVersion } from './faces/nova/version-documents.js'

function v1(req: Request): object {
  const base = baseUrl(req)
  const links = [
    { rel: 'self', href: `${base}/v1/` },
    { rel: 'service', href: `${base}/v1/service` },
    { rel: 'group', href: `${base}/v1/group` },
    { rel: 'watch', href: `${base}/v1/watch` },
  ]
  return { status: 'CURRENT', links, id: 'v1.0', updated: '2015-11-29' } // id and date are those of Vitrage's API, whose lists these are
}

/** `GET /`: the version document, in the form that Vitrage's and Nova's have in common: ours, then that of Nova's face. */
export const describeVersions: RequestHandler = (req, res) => {
  answerJson(res, 200, { versions: [v1(req), novaVersion(baseUrl(req))] })
}

/** `GET /v1`: the same for the one version there is. */
export const describeV1: RequestHandler = (req, res) => {
  answerJson(res, 200, { version: v1(req) })
}
