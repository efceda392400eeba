import { GenericContainer } from 'testcontainers'

/** testcontainers publishes ports on all addresses; this one only on 127.0.0.1, where that is where the engine is reached. */
export class LocalContainer extends GenericContainer {
  readonly #isLocal: boolean

  constructor(image: string, isLocal: boolean) {
    super(image)
    this.#isLocal = isLocal
  }

  protected override beforeContainerCreated(): Promise<void> {
    const bindings = (this.hostConfig.PortBindings ?? {}) as Record<string, { HostIp?: string; HostPort: string }[]>
    if (this.#isLocal) for (const binding of Object.values(bindings).flat()) binding.HostIp = '127.0.0.1'
    return Promise.resolve()
  }
}
