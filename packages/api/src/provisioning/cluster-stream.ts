import { isMusterError } from '@muster/common'
import type { ClusterRow, ProvisioningStore, TenantOptions } from '@muster/provisioning'
import type { Response } from 'express'

import { PatientWriter } from '../history/patient-writer.js'
import type { ToldStream } from '../history/run-stream.js'

const heartbeatMs = 15_000

const eventOf = (event: string, data: object): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

/** Tells one client a cluster, as long as both are there. A client that reads slowly is told the latest, and not each change between. */
export class ClusterStream implements ToldStream {
  readonly #rows: AsyncIterator<ClusterRow>
  readonly #first: ClusterRow
  readonly #res: Response
  readonly #over: AbortController

  private constructor(rows: AsyncIterator<ClusterRow>, first: ClusterRow, res: Response, over: AbortController) {
    this.#rows = rows
    this.#first = first
    this.#res = res
    this.#over = over
  }

  /** Resolves when the cluster has been seen. The caller ends it. @throws NotFound, BackendUnreachable */
  static async open(store: ProvisioningStore, idOrName: string, tenant: TenantOptions, res: Response): Promise<ClusterStream> {
    const over = new AbortController()
    res.once('close', () => over.abort())
    const rows = store.watch(idOrName, { ...tenant, signal: over.signal })[Symbol.asyncIterator]()
    const first = await rows.next()
    return new ClusterStream(rows, first.value as ClusterRow, res, over)
  }

  end(): void {
    this.#over.abort()
  }

  async run(): Promise<void> {
    const writer = new PatientWriter(this.#res, this.#over)
    const timer = setInterval(() => writer.heartbeat(), heartbeatMs)
    try {
      await this.#tell(writer)
    } catch (error) {
      if (!isMusterError(error) && !this.#over.signal.aborted) throw error // its database is away: the client comes again
    } finally {
      clearInterval(timer)
      if (!this.#res.closed) this.#res.end()
    }
  }

  async #tell(writer: PatientWriter): Promise<void> {
    await writer.write(eventOf('snapshot', this.#first))
    for (;;) {
      const row = await this.#rows.next()
      if (row.done !== true) await writer.write(eventOf('change', row.value))
      else break
    }
    if (!this.#over.signal.aborted) await writer.write(eventOf('deleted', { id: this.#first.id }))
  }
}
