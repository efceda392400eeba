import { compareText, didYouMean, InvalidArgument, NotFound, parseDuration, thisUser, TooLarge } from '@muster/common'
import type { Logger } from '@muster/common'
import { Rejected } from '@muster/coordination/internal'
import type { Session } from '@muster/coordination/internal'

import { checkWriteOptions } from '../services/service-patch.js'
import { hashOf, makeTokenText } from './token-text.js'
import { decodeToken, encodeToken, tokenAddress, tokenCollection } from './token-record.js'
import { roles } from './token.js'
import type { CreatedToken, CreateTokenOptions, Token, TokenWriteOptions } from './token.js'

const mostTokens = 1000
const longestName = 100
/** Further than anybody plans, and a time that every program can write. */
const longestLifeMs = 100 * 365 * 86_400_000

/** Makes, lists and revokes tokens on a backend. */
export class Tokens {
  readonly #session: Session
  readonly #logger: Logger

  constructor(session: Session, logger: Logger) {
    this.#session = session
    this.#logger = logger
  }

  async create(options: CreateTokenOptions, { actor = thisUser(), source, signal }: TokenWriteOptions = {}): Promise<CreatedToken> {
    checkWriteOptions({ actor, source })
    const { id, text } = makeTokenText()
    const { role, name = id } = options
    mustBeRole(role)
    mustBeName(name)
    const now = Date.now()
    const token: Token = { id, name, role, createdAt: new Date(now).toISOString(), expiresAt: endOf(now, options.expires), createdBy: actor, source: source ?? null }
    const count = await this.#session.count(tokenCollection, { consistent: true, signal })
    if (count >= mostTokens) throw new TooLarge('The list of tokens', count + 1, mostTokens, { hint: 'Revoke those that nobody uses.' })
    const at = tokenAddress(id)
    // Nobody else makes this id: that it is there says that this was done.
    await this.#session.commit([{ op: 'create', at, data: encodeToken({ token, hash: hashOf(text) }) }], { signal, witness: { at, done: (entry) => entry !== undefined } })
    this.#tell('created', token, { actor, source })
    return { token: text, ...token }
  }

  async list({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<readonly Token[]> {
    const { entries } = await this.#session.list(tokenCollection, { consistent: true, signal })
    const tokens = entries.flatMap((entry) => decodeToken(entry)?.token ?? [])
    return tokens.sort((one, other) => compareText(one.createdAt, other.createdAt) || compareText(one.id, other.id))
  }

  async revoke(id: string, { actor = thisUser(), source, signal }: TokenWriteOptions = {}): Promise<Token> {
    checkWriteOptions({ actor, source })
    const missing = (): NotFound => new NotFound(`The token ${id}`, { hint: 'svc token list names those there are.' })
    if (!/^[a-z0-9]{1,64}$/.test(id)) throw missing()
    const at = tokenAddress(id)
    const entry = await this.#session.read(at, { consistent: true, signal })
    if (!entry) throw missing()
    try {
      await this.#session.commit([{ op: 'delete', at }], { signal, witness: { at, done: (found) => found === undefined } })
    } catch (error) {
      throw error instanceof Rejected ? missing() : error // another has revoked it meanwhile
    }
    const token = decodeToken(entry)?.token ?? { id, name: id, role: 'reader', createdAt: new Date(entry.createdAt).toISOString(), expiresAt: null, createdBy: '', source: null } // one that nobody can read
    this.#tell('revoked', token, { actor, source })
    return token
  }

  #tell(what: 'created' | 'revoked', { id, name, role, expiresAt }: Token, { actor, source }: TokenWriteOptions): void {
    this.#logger.info({ audit: `token.${what}`, token: id, name, role, expiresAt, actor, source }, `token ${what}`)
  }
}

function mustBeRole(role: string): void {
  if (roles.some((known) => known === role)) return
  throw new InvalidArgument('role', `There is no role '${role}'.${didYouMean(role, roles)}`, { hint: `Roles: ${roles.join(', ')}.` })
}

function mustBeName(name: string): void {
  if (/^\P{Cc}+$/u.test(name) && name.length <= longestName) return
  throw new InvalidArgument('name', `The name of a token has 1 to ${longestName} characters, none of them a control character`)
}

function endOf(now: number, expires: string | undefined): string | null {
  if (expires === undefined) return null
  const ms = parseDuration(expires, 'expires')
  if (ms > 0 && ms <= longestLifeMs) return new Date(now + ms).toISOString()
  throw new InvalidArgument('expires', `expires: a token cannot be good for ${expires}`, { hint: 'Write how long it is good for, e.g. 30d; without it, until it is revoked.' })
}
