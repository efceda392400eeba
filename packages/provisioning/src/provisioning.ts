import { silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'

import { ClusterHandle } from './cluster-handle.js'
import type { ClusterPage, DeclaredSteps } from './rows.js'
import { StepHandle } from './step-handle.js'
import type { NewCluster, PageOptions, ProvisioningStore, TenantOptions } from './store.js'

/** What makes clusters of a kind, and knows their steps. */
export interface Plugin {
  readonly name: string
  provisioningSteps(): DeclaredSteps
}

export interface CreateClusterOptions extends TenantOptions {
  /** At most 80 characters, once in a tenant. */
  readonly name: string
  readonly description?: string | undefined
  /** Its steps are shown as pending before they begin, and the cluster is `Active` when they are all done. Without one: when none is open. */
  readonly plugin?: Plugin | undefined
}

/** Clusters in a store, a database or a server, with handles on them and on their steps. */
export class Provisioning implements AsyncDisposable {
  readonly store: ProvisioningStore
  readonly #logger: Logger

  /** `logger` is told of failures, each with its id. */
  constructor(store: ProvisioningStore, { logger = silentLogger }: { readonly logger?: Logger | undefined } = {}) {
    this.store = store
    this.#logger = logger
  }

  /** False when it is disabled: neither steps nor events are written, and calls say `recorded: false`. */
  get eventLog(): boolean {
    return this.store.eventLog
  }

  /** @throws InvalidArgument, TooLarge; Conflict when the name is taken */
  async createCluster({ plugin, name, description, ...options }: CreateClusterOptions): Promise<ClusterHandle> {
    const cluster: NewCluster = { name, description, ...(plugin && { pluginName: plugin.name, provisioningSteps: plugin.provisioningSteps() }) }
    return new ClusterHandle(this.store, await this.store.createCluster(cluster, options), this.#logger)
  }

  /** By id, else by name. @throws NotFound */
  async cluster(idOrName: string, options?: TenantOptions): Promise<ClusterHandle> {
    return new ClusterHandle(this.store, await this.store.cluster(idOrName, options), this.#logger)
  }

  /** A page of a tenant's clusters with their steps, oldest first. @throws InvalidArgument */
  clusters(options?: TenantOptions & PageOptions): Promise<ClusterPage> {
    return this.store.clusters(options)
  }

  /** With its steps and events. @throws NotFound */
  deleteCluster(idOrName: string, options?: TenantOptions): Promise<void> {
    return this.store.deleteCluster(idOrName, options)
  }

  /** A step by its id, to report to from another process. @throws NotFound */
  async step(id: string, options: TenantOptions = {}): Promise<StepHandle> {
    const row = await this.store.step(id, options)
    return new StepHandle(this.store, row.id, row.tenant_id, this.#logger)
  }

  close(): Promise<void> {
    return this.store.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
