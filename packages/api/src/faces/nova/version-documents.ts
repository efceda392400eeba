import type { RequestHandler } from 'express'

import { baseUrl } from '../../base-url.js'
import { answerNova } from './answers.js'
import { minorRange } from './microversions.js'

const described = { status: 'CURRENT', version: `2.${minorRange.highest}`, min_version: `2.${minorRange.lowest}`, updated: '2013-07-23T11:33:21Z' }
const mediaTypes = [{ base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' }]

/** What Nova's clients look for in the list of versions: the entry of `GET /`. */
export function novaVersion(base: string): object {
  return { id: 'v2.1', ...described, links: [{ rel: 'self', href: `${base}/v2.1/` }] }
}

/** `GET /v2.1`: the version document, by which clients choose a microversion. */
export const describeNova: RequestHandler = (req, res) => {
  const links = [
    { rel: 'self', href: `${baseUrl(req)}/v2.1/` },
    { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' },
  ]
  answerNova(res, { version: { id: 'v2.1', ...described, links, 'media-types': mediaTypes } })
}
