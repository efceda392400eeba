/** What a token allows: each what the ones before it allow, and more. */
export const roles = ['reader', 'operator', 'admin'] as const

/** `reader` reads, `operator` changes services, `admin` deletes them and makes tokens. */
export type Role = (typeof roles)[number]

/** What is known of a token; never the token itself, nor its hash. */
export interface Token {
  /** Names it, also in logs: the part of its text that is no secret. */
  readonly id: string
  /** What changes made with it are told under. */
  readonly name: string
  readonly role: Role
  readonly createdAt: string
  /** From then on it opens nothing; it stays listed until it is revoked. Null: never. */
  readonly expiresAt: string | null
  readonly createdBy: string
  /** From where it was made: an address, a program. */
  readonly source: string | null
}

/** A token that was just made. */
export interface CreatedToken extends Token {
  /** Its text, told this once: only a hash of it is stored. */
  readonly token: string
}

export interface CreateTokenOptions {
  readonly role: Role
  /** At most 100 characters, none of them a control character. Default: its id. */
  readonly name?: string | undefined
  /** How long it is good for, as a duration: `30d`. Default: until it is revoked. */
  readonly expires?: string | undefined
}

export interface TokenWriteOptions {
  /** Who does it; default: this user on this host. At most 255 characters. */
  readonly actor?: string | undefined
  /** From where: an address, a program. */
  readonly source?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Makes, lists and revokes the tokens by which servers tell who asks. */
export interface TokenKeeper {
  /**
   * Makes a token. Resolves when the backend has stored its hash; every server lets it in a moment later.
   * @throws InvalidArgument; TooLarge when there are 1,000; OutcomeUnknown when nothing could tell whether it was stored
   */
  createToken(options: CreateTokenOptions, by?: TokenWriteOptions): Promise<CreatedToken>
  /** All of them, the oldest first, expired ones too. */
  listTokens(options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly Token[]>
  /** Ends a token. Resolves with what it was, when the backend has deleted it; every server refuses it a moment later. @throws NotFound, OutcomeUnknown */
  revokeToken(id: string, by?: TokenWriteOptions): Promise<Token>
}

/** True from the moment on at which it expires; `now` in ms. */
export const isExpired = ({ expiresAt }: Pick<Token, 'expiresAt'>, now: number): boolean => expiresAt !== null && !(Date.parse(expiresAt) > now)
