import { TooLarge } from '@muster/common'

/** More in one session could keep a whole ensemble from ever starting again: the change that ends it names them all (ZOOKEEPER-4306). */
export const ephemeralLimits = Object.freeze({ nodes: 10_000, pathBytes: 1024 * 1024 })

/** The ephemeral nodes of one session, as far as this client knows: those it has asked for and not deleted. */
export class Ephemerals {
  #paths = new Set<string>()
  #bytes = 0
  #pending = 0
  #pendingBytes = 0

  /** @param chrootBytes what the server's paths have before these, in UTF-8 */
  constructor(private readonly chrootBytes: number) {}

  get size(): number {
    return this.#paths.size
  }

  /** True when `paths` more would be too many, as far as is known here. */
  isFullFor(paths: readonly string[]): boolean {
    const bytes = this.#bytes + this.#pendingBytes + this.#costs(paths)
    return this.#paths.size + this.#pending + paths.length > ephemeralLimits.nodes || bytes > ephemeralLimits.pathBytes
  }

  /** Counts nodes that are being created, until the function returned is called. */
  reserve(paths: readonly string[]): () => void {
    const bytes = this.#costs(paths)
    this.#pending += paths.length
    this.#pendingBytes += bytes
    return () => {
      this.#pending -= paths.length
      this.#pendingBytes -= bytes
    }
  }

  add(path: string): void {
    if (this.#paths.has(path)) return
    this.#paths.add(path)
    this.#bytes += this.#cost(path)
  }

  delete(path: string): void {
    if (this.#paths.delete(path)) this.#bytes -= this.#cost(path)
  }

  /** Takes over what the server says. */
  replace(paths: Iterable<string>): void {
    this.#paths = new Set()
    this.#bytes = 0
    for (const path of paths) this.add(path)
  }

  /** @throws TooLarge */
  refuse(more: number): never {
    throw new TooLarge('The number of ephemeral nodes of one session', this.#paths.size + more, ephemeralLimits.nodes, {
      hint: `A session may own ${ephemeralLimits.nodes} ephemeral nodes and 1 MiB of their paths; open another client for more.`,
    })
  }

  #costs(paths: readonly string[]): number {
    return paths.reduce((sum, path) => sum + this.#cost(path), 0)
  }

  #cost(path: string): number {
    return this.chrootBytes + Buffer.byteLength(path) + 4
  }
}
