/** What one server runs in: a JVM of this machine or a container. The handle above it knows the protocol, this one the system. */
export interface ServerRuntime {
  /** host:port, fixed for the life of this object. */
  readonly endpoint: string
  readonly secureEndpoint?: string
  readonly logFile: string
  /** False once it has ended, by itself too. */
  isRunning(): Promise<boolean>
  /** Starts it on the data of its last run. Resolves when it runs, which is before it answers. */
  launch(): Promise<void>
  /** Ends it, suspended or not. Resolves when it is gone. */
  end(how: 'at once' | 'gracefully'): Promise<void>
  suspend(): Promise<void>
  resume(): Promise<void>
  /** Removes its data; it must not run. */
  wipe(): Promise<void>
  /** Ends it at once and removes all that is left of it. */
  dispose(): Promise<void>
}
