import { NotFound } from '@muster/common'
import type { CreatedToken, CreateTokenOptions, Token, TokenKeeper, TokenWriteOptions } from '@muster/servicegroup'

import { actorHeader } from './http-services.js'
import type { Http } from './http.js'
import type { Reading } from './reading.js'
import { isCreatedToken, isToken } from './rows.js'
import { notMuster } from './unreachable.js'

const nothing = new URLSearchParams()

/** Makes, lists and revokes tokens over HTTP. */
export class HttpTokens implements TokenKeeper {
  readonly #http: Http
  readonly #reading: Reading
  readonly #endpoint: string

  constructor(http: Http, reading: Reading, endpoint: string) {
    this.#http = http
    this.#reading = reading
    this.#endpoint = endpoint
  }

  async createToken({ role, name, expires }: CreateTokenOptions, { actor, signal }: TokenWriteOptions = {}): Promise<CreatedToken> {
    const headers = { 'Content-Type': 'application/json', ...actorHeader(actor) }
    const body = JSON.stringify({ role, name, expires })
    const { content } = await this.#http.write({ method: 'POST', path: 'v1/token', query: nothing, headers, body, operation: 'the making of a token' }, signal)
    if (isCreatedToken(content)) return content
    throw notMuster(this.#endpoint, 'it does not tell the token that was made')
  }

  async listTokens({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<readonly Token[]> {
    return (await this.#reading.list('v1/token', nothing, isToken, 'tokens', signal)).rows
  }

  async revokeToken(id: string, { actor, signal }: TokenWriteOptions = {}): Promise<Token> {
    if (!/^\w+$/.test(id)) throw new NotFound(`The token ${id}`)
    const { content } = await this.#http.write({ method: 'DELETE', path: `v1/token/${id}`, query: nothing, headers: actorHeader(actor), operation: 'the revocation' }, signal)
    if (isToken(content)) return content
    throw notMuster(this.#endpoint, 'it does not tell the token that was revoked')
  }
}
