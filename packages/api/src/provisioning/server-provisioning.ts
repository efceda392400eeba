import type { Logger } from '@muster/common'
import { openProvisioning } from '@muster/provisioning'
import type { Provisioning, ProvisioningOptions, ProvisioningStore } from '@muster/provisioning'

import { LateDatabase } from '../history/late-database.js'

export interface ServerProvisioningOptions extends Omit<ProvisioningOptions, 'signal' | 'logger'> {
  readonly logger: Logger
}

/** The clusters that a server tells. Their database may be away: the server serves all the same. */
export class ServerProvisioning {
  readonly #url: string
  readonly #options: ServerProvisioningOptions
  readonly #database: LateDatabase<Provisioning>

  /** @throws InvalidArgument for a URL that is wrong */
  constructor(url: string, options: ServerProvisioningOptions) {
    this.#url = url
    this.#options = options
    this.#database = new LateDatabase(url, 'record of clusters', options.logger)
  }

  begin(): void {
    this.#database.begin((signal) => openProvisioning(this.#url, { ...this.#options, signal }))
  }

  /** @throws BackendUnreachable while it is not open */
  get store(): ProvisioningStore {
    return this.#database.content.store
  }

  async close(): Promise<void> {
    await (await this.#database.stop())?.close()
  }
}
