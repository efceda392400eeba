import type { AddressRules } from '@muster/notifications'
import type { LiveView, Service, ServiceChange, ServiceFilter, ServiceGroup, ServicesView, WebhookKeeper, Worker, WorkerChange, WorkerFilter } from '@muster/servicegroup'

import { Access } from './auth/access.js'
import type { AccessOptions, TokensTable } from './auth/access.js'
import { Freshness } from './freshness.js'
import type { FollowedView } from './freshness.js'
import type { ServerHistory } from './history/history.js'
import type { ToldStream } from './history/run-stream.js'
import type { ServerProvisioning } from './provisioning/server-provisioning.js'
import { Feed } from './watch/feed.js'
import type { FeedOptions } from './watch/feed.js'
import { serviceTopic, workerTopic } from './watch/topic.js'
import type { Topic, TopicChange } from './watch/topic.js'
import type { WatchPlaces } from './watch/watch-places.js'

/** The live table of services; without what is private to the class. */
export type ServicesTable = Pick<ServicesView, Exclude<keyof ServicesView, 'close'>>

/** What the API needs of a service group. */
export interface AppServiceGroup extends WebhookKeeper, Pick<ServiceGroup, 'webhookSource' | 'view' | 'getOne' | 'getMany' | 'explain' | 'update' | 'delete' | 'createToken' | 'listTokens' | 'revokeToken'> {
  servicesView(): ServicesTable
  tokensView(): TokensTable
}

/** A live view, and how it is told. */
export interface Told<View, Row, Change extends TopicChange, Filter> {
  readonly view: View
  readonly freshness: Freshness
  readonly feed: Feed<Row, Change, Filter>
}

/** What the handlers answer from. */
export interface Context {
  readonly serviceGroup: AppServiceGroup
  readonly access: Access
  readonly workers: Told<LiveView, Worker, WorkerChange, WorkerFilter>
  readonly services: Told<ServicesTable, Service, ServiceChange, ServiceFilter>
  readonly places: WatchPlaces
  /** Undefined where none is kept. */
  readonly history: ServerHistory | undefined
  /** Undefined where no clusters are kept. */
  readonly provisioning: ServerProvisioning | undefined
  /** To which addresses webhooks may be sent. */
  readonly webhookRules: AddressRules
  /** Those who are told of changes at the moment. */
  readonly streams: Set<ToldStream>
}

export interface ContextOptions extends AccessOptions {
  readonly feed: FeedOptions | undefined
  readonly places: WatchPlaces
  readonly history: ServerHistory | undefined
  readonly provisioning: ServerProvisioning | undefined
  readonly webhookRules: AddressRules
}

/** Opens the views of a service group. */
export function openContext(serviceGroup: AppServiceGroup, { logger, feed, places, history, provisioning, webhookRules, ...access }: ContextOptions): Context {
  const told = <View extends FollowedView<Change>, Row, Change extends TopicChange, Filter>(view: View, lists: string, topic: Topic<Row, Change, Filter>): Told<View, Row, Change, Filter> => ({
    view,
    freshness: new Freshness(view, logger, lists),
    feed: new Feed(view, topic, logger, feed),
  })
  const [workers, services] = [serviceGroup.view(), serviceGroup.servicesView()]
  return { serviceGroup, places, history, provisioning, webhookRules, streams: new Set(), access: new Access(serviceGroup.tokensView(), { logger, ...access }), workers: told(workers, 'lists', workerTopic(workers)), services: told(services, 'lists of services', serviceTopic(services)) }
}
