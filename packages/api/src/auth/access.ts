import { BackendUnreachable, longestTimerMs, NotAllowed } from '@muster/common'
import type { Logger } from '@muster/common'
import type { Token, TokensView } from '@muster/servicegroup'
import type { Request, RequestHandler, Response } from 'express'

import { firstSync } from '../freshness.js'
import { Refusal } from '../problems.js'
import { rememberToken, tokenOf } from './caller.js'
import { isLocal, isNamedLocally, readCredential } from './credential.js'
import { decide } from './policy.js'
import type { RequiredRole } from './policy.js'
import { RateLimits } from './rate-limits.js'

/** The live table of tokens; without what is private to the class. */
export type TokensTable = Pick<TokensView, Exclude<keyof TokensView, 'close'>>

export interface AccessOptions {
  /** Others than this host can reach the server: a role is needed even while there is no token. */
  readonly beyondLoopback: boolean
  /** Requests a second with one token; 0: any number. */
  readonly rateLimit: number
  readonly logger: Logger
}

/** Lets requests in, or not. */
export class Access {
  readonly #tokens: TokensTable
  readonly #beyondLoopback: boolean
  readonly #limits: RateLimits
  readonly #logger: Logger

  constructor(tokens: TokensTable, { beyondLoopback, rateLimit, logger }: AccessOptions) {
    this.#tokens = tokens
    this.#beyondLoopback = beyondLoopback
    this.#limits = new RateLimits(rateLimit)
    this.#logger = logger
  }

  /** Lets through who has the role. Without a token nothing is awaited: that costs a warm list a tenth. */
  guard(required: RequiredRole): RequestHandler {
    if (required === 'open') return (_req, _res, next) => next()
    return (req, res, next) => {
      const waiting = this.#canDecide(required, req) ? this.#admit(required, req, res) : this.#synced().then(() => this.#admit(required, req, res))
      if (waiting) return waiting.then(() => next())
      next()
      return undefined
    }
  }

  /** Calls `end` when the client of a stream that was let in may not have it any more: its token is revoked or expires. */
  whileAllowed(req: Request, res: Response, end: () => void): void {
    const token = tokenOf(res)
    let timer: NodeJS.Timeout | undefined
    const look = (): void => {
      if (token ? !this.#tokens.isGood(token, Date.now()) : decide('reader', { role: undefined, isLocal: isLocal(req) }, this.#needsTokens) !== 'allowed') end()
      else if (token?.expiresAt != null) {
        clearTimeout(timer)
        timer = setTimeout(look, Math.min(Math.max(Date.parse(token.expiresAt) - Date.now(), 1), longestTimerMs)).unref()
      }
    }
    const stopListening = this.#tokens.onChange(look)
    res.once('close', () => {
      stopListening()
      clearTimeout(timer)
    })
    look() // it may have been revoked while the stream was being opened
  }

  get #needsTokens(): boolean {
    return this.#beyondLoopback || !this.#tokens.isEmpty
  }

  /** A reader of this host that sends no token is let in whatever tokens there are. */
  #canDecide(required: RequiredRole, req: Request): boolean {
    return this.#tokens.synced || (required === 'reader' && readCredential(req) === undefined && isLocal(req))
  }

  /** @throws BackendUnreachable: nobody is let in by a token that cannot be looked up */
  async #synced(): Promise<void> {
    await firstSync(this.#tokens)
    if (!this.#tokens.synced) throw new BackendUnreachable('the backend', this.#tokens.failure ?? 'its tokens have not been read yet', { hint: 'Ask again in a moment.' })
  }

  /** Undefined when the caller is in. @throws NotAllowed for a role that is too low */
  #admit(required: RequiredRole, req: Request, res: Response): Promise<void> | undefined {
    if (!this.#needsTokens) {
      if (!isNamedLocally(req)) throw foreignName(req)
      return undefined
    }
    const text = readCredential(req)
    if (text !== undefined) return this.#admitToken(required, text, req, res)
    if (decide(required, { role: undefined, isLocal: isLocal(req) }, true) === 'allowed') return undefined
    throw unauthenticated('This needs a token', required)
  }

  async #admitToken(required: RequiredRole, text: string, req: Request, res: Response): Promise<void> {
    const token = this.#tokens.find(text, Date.now())
    if (!token) {
      await this.#limits.countFailure(req.socket.remoteAddress ?? '')
      this.#logger.warn({ address: req.socket.remoteAddress, method: req.method, path: req.path }, 'a wrong token was sent') // at most as often as is counted
      throw unauthenticated('The token is not known, was revoked or has expired', required, ', error="invalid_token"')
    }
    rememberToken(res, token)
    await this.#limits.countRequest(token.id)
    if (decide(required, { role: token.role, isLocal: isLocal(req) }, true) !== 'allowed') throw forbidden(token, required)
  }
}

function unauthenticated(detail: string, required: RequiredRole, more = ''): Refusal {
  return new Refusal(401, 'not_allowed', detail, { hint: hintFor(required), headers: { 'WWW-Authenticate': `Bearer realm="muster"${more}` } })
}

const foreignName = ({ headers: { host } }: Request): NotAllowed =>
  new NotAllowed(`This server has no tokens, so it answers its own host alone, and not under the name '${host ?? ''}'`, { hint: 'Ask it as 127.0.0.1 or localhost, or make a token: svc token create --role admin' })

const forbidden = ({ name, role }: Token, required: RequiredRole): NotAllowed => new NotAllowed(`The token '${name}' has the role ${role}, this needs ${required}`, { hint: hintFor(required) })

const hintFor = (required: RequiredRole): string =>
  `Send a token with the role ${required}${required === 'admin' ? '' : ' or a higher one'}: as Authorization: Bearer or X-Auth-Token; svc takes it from the file that SVC_TOKEN_FILE names. An admin makes one: svc token create --role ${required}.`
