export { accessRules } from './access-rules.js'
export { openServiceGroup } from './open.js'
export { join } from './workers/join.js'
export type { ChangeListener, JoinOptions, LiveView, Membership, ServiceGroup, ServiceGroupApi, ServiceGroupOptions } from './service-group.js'
export type { Group, Worker, WatchWorkersOptions, WorkerChange, WorkerFilter, WorkerReader } from './workers/worker.js'
export { describeWorker } from './workers/worker-record.js'
export { compareWorkers, matchesFilter, narrowChange } from './workers/worker-filter.js'
export type {
  Decision,
  Decisions,
  DeleteOptions,
  Explanation,
  Host,
  Maintenance,
  ReadServicesOptions,
  Service,
  ServiceChange,
  ServiceFilter,
  ServiceId,
  ServicePatch,
  ServiceReader,
  ServicesAnswer,
  ServiceWriter,
  WatchServicesOptions,
  WriteOptions,
  Zone,
} from './services/service.js'
export { decidedFields } from './services/service.js'
export type { ServicesView } from './services/services-view.js'
export { compareServices, matchesService, narrowServiceChange, serviceFilterFields } from './services/service-filter.js'
export { hostsOf, zonesOf } from './services/derived.js'
export { previewUpdate } from './services/preview-update.js'
export { isUnderWay } from './services/service-state.js'
export { isExpired, roles } from './tokens/token.js'
export type { CreatedToken, CreateTokenOptions, Role, Token, TokenKeeper, TokenWriteOptions } from './tokens/token.js'
export type { TokensView } from './tokens/tokens-view.js'
export { differencesOf } from './services/service-copy.js'
export type { FieldDifference, ServiceCopy } from './services/service-copy.js'
export type { CopiedServices } from './services/copy-services.js'
export type { Imported, ImportOptions } from './services/service-import.js'
export { webhookKinds } from './webhooks/webhook.js'
export { checkWebhook } from './webhooks/webhook-options.js'
export type { AddWebhookOptions, ListedWebhook, Webhook, WebhookKeeper, WebhookKind, WebhookProgress, WebhookState, WebhookWithSecret, WebhookWriteOptions } from './webhooks/webhook.js'
