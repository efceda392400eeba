/** What a webhook may be told of, under the names that its notifications have. */
export const webhookKinds = ['service.create', 'service.update', 'service.delete'] as const

export type WebhookKind = (typeof webhookKinds)[number]

/** What is known of a webhook; never its secrets. */
export interface Webhook {
  readonly id: string
  /** Where its notifications are sent. Often a secret itself: it is in no log. */
  readonly url: string
  /** It is told of these alone; empty: of every kind. */
  readonly kinds: readonly WebhookKind[]
  /** Of services of these types alone; empty: of every type. */
  readonly types: readonly string[]
  /** Of services on these hosts alone; empty: on every host. */
  readonly hosts: readonly string[]
  readonly status: 'enabled' | 'disabled'
  /** Null while it is enabled. */
  readonly disabledReason: string | null
  /** When it was last enabled: at the latest when it was made. */
  readonly enabledAt: string
  readonly createdAt: string
  readonly createdBy: string
}

/** How far a webhook is, whoever tells it. */
export interface WebhookProgress {
  /** The number of the last change that it has; null before the first look. */
  readonly cursor: number | null
  /** How many changes are behind that in the log, for it or not. */
  readonly lag: number | null
  /** How often in a row the next one was sent in vain. */
  readonly attempts: number
  readonly nextAttemptAt: string | null
  readonly failure: string | null
}

/** A webhook in a list. */
export interface ListedWebhook extends Webhook {
  /** There where a server lists it: it is kept in the history, not in the backend. Null while the server has no history at hand. */
  readonly progress?: WebhookProgress | null
}

/** A webhook, and the secret by which its receiver knows that it is us. */
export interface WebhookWithSecret extends Webhook {
  /** `whsec_` and base64: what libraries for Standard Webhooks take. Told this once. */
  readonly secret: string
}

export interface AddWebhookOptions {
  /** `https:`, or `http:` where servers allow its address. At most 2048 characters, no user and no password. */
  readonly url: string
  /** At most 50 of each, of at most 255 characters. Default: all. */
  readonly kinds?: readonly string[] | undefined
  readonly types?: readonly string[] | undefined
  readonly hosts?: readonly string[] | undefined
}

/** What is to be of a webhook. `disabledReason` of one that is enabled is null. */
export interface WebhookState {
  readonly status: Webhook['status']
  /** At most 255 characters. */
  readonly disabledReason?: string | null | undefined
}

export interface WebhookWriteOptions {
  /** Who does it; default: this user on this host. At most 255 characters. */
  readonly actor?: string | undefined
  /** From where: an address, a program. */
  readonly source?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Makes, lists, changes and deletes the webhooks of a store. */
export interface WebhookKeeper {
  /**
   * Makes a webhook, enabled. Resolves when the backend has stored it; it is told of what happens once the server that observes has seen it, a moment later.
   * @throws InvalidArgument; TooLarge when there are 100; OutcomeUnknown when nothing could tell whether it was stored
   */
  addWebhook(options: AddWebhookOptions, by?: WebhookWriteOptions): Promise<WebhookWithSecret>
  /** All of them, the oldest first. */
  listWebhooks(options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly ListedWebhook[]>
  /**
   * Gives it a new secret, told this once. The one it had signs beside it for 24 hours, so that receivers can change without a gap;
   * an older one ends at once. @throws NotFound, VersionConflict, OutcomeUnknown
   */
  rotateWebhookSecret(id: string, by?: WebhookWriteOptions): Promise<WebhookWithSecret>
  /**
   * Enables or disables it. One that is enabled again goes on with the first notification that it has not had, as far back as the log is kept.
   * @throws InvalidArgument, NotFound, VersionConflict, OutcomeUnknown
   */
  setWebhookState(id: string, state: WebhookState, by?: WebhookWriteOptions): Promise<Webhook>
  /** Resolves with what it was, when the backend has deleted it. @throws NotFound, OutcomeUnknown */
  deleteWebhook(id: string, by?: WebhookWriteOptions): Promise<Webhook>
}
