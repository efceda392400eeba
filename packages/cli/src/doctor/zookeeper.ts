import { authOf, backendSchemes, parseBackendUrl, parseZooKeeperOptions } from '@muster/coordination/internal'
import type { ZooKeeperOptions } from '@muster/coordination/internal'
import { createClient, parseServers, tlsOptions } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'

import { ok, skip, unreachable, warn } from './check.js'
import type { Check, Family, Finding } from './check.js'
import { lookAtAcl } from './acl.js'
import { formatAddress, lookAtName, lookAtPort, lookAtTls } from './network.js'
import type { Address } from './network.js'
import { lookAtLimits } from './zookeeper-limits.js'
import { lookAtProbe, lookAtRights } from './zookeeper-rights.js'
import { lookAtServer } from './zookeeper-server.js'

const sessionLimitMs = 3000
const closeTimeoutMs = 1000

/** What can be wrong with a ZooKeeper ensemble and a user's place in it. @throws InvalidArgument */
export function zooKeeperFamily(url: string): Family {
  const patient = new Patient(url)
  return { checks: patient.checks(), close: () => patient.close() }
}

/** The servers of one URL, fewer after each check that one of them does not pass, and the session on them. */
class Patient {
  readonly #url: string
  readonly #options: ZooKeeperOptions
  readonly #chroot: string
  #servers: readonly Address[]
  #client: ZooKeeperClient | undefined
  #clock: Finding | undefined

  constructor(url: string) {
    this.#url = url
    this.#options = parseZooKeeperOptions(parseBackendUrl(url, backendSchemes))
    const { servers, chroot } = parseServers(this.#options.servers)
    this.#servers = servers
    this.#chroot = chroot
  }

  checks(): readonly Check[] {
    const { namespace, tls } = this.#options
    return [
      { name: 'name', look: (signal) => this.#eachHost(signal) },
      { name: 'tcp', look: (signal) => this.#narrow((server) => lookAtPort(server, signal, 'ZooKeeper')) },
      { name: 'tls', look: (signal) => (tls ? this.#narrow((server) => lookAtTls(server, tlsOptions(tls), signal)) : Promise.resolve(skip('the URL does not say use_ssl=true, so nothing is encrypted'))) },
      { name: 'server', look: (signal) => Promise.all(this.#servers.map((server) => lookAtServer(server, tls && tlsOptions(tls), signal))) },
      { name: 'session', limitMs: sessionLimitMs + 500, look: (signal) => this.#makeSession(signal) },
      { name: 'rights', look: (signal) => this.#withClient((client) => lookAtRights(client, this.#options, signal)) },
      { name: 'acl', look: (signal) => this.#withClient(() => lookAtAcl(this.#url, signal)) },
      { name: 'probe', look: (signal) => this.#withClient((client) => this.#probe(client, namespace, signal)) },
      { name: 'clock', look: () => Promise.resolve(this.#clock ?? skip('no node was made to tell the time of the server')) },
      { name: 'limits', look: (signal) => this.#withClient((client) => lookAtLimits(client, this.#options, signal)) },
    ]
  }

  async close(): Promise<void> {
    await this.#client?.close({ timeoutMs: closeTimeoutMs }).catch(() => {}) // its nodes go with the session
  }

  async #eachHost(signal: AbortSignal): Promise<readonly Finding[]> {
    const hosts = [...new Set(this.#servers.map(({ host }) => host))]
    const findings = await Promise.all(hosts.map((host) => lookAtName(host, signal)))
    const isBad = (host: string): boolean => findings[hosts.indexOf(host)]?.status === 'fail'
    this.#servers = this.#servers.filter(({ host }) => !isBad(host))
    return this.#unlessNoneIsLeft(findings)
  }

  /** Looks at each server; those that fail are left out from then on. */
  async #narrow(look: (server: Address) => Promise<Finding>): Promise<readonly Finding[]> {
    const findings = await Promise.all(this.#servers.map(look))
    this.#servers = this.#servers.filter((_, index) => findings[index]?.status !== 'fail')
    return this.#unlessNoneIsLeft(findings)
  }

  #unlessNoneIsLeft(findings: readonly Finding[]): readonly Finding[] {
    return this.#servers.length > 0 ? findings : findings.map(({ found, advice }) => unreachable(found, advice))
  }

  async #makeSession(signal: AbortSignal): Promise<Finding> {
    const { timeoutMs, tls } = this.#options
    const client = createClient(this.#servers.map(formatAddress).join(',') + this.#chroot, { sessionTimeoutMs: timeoutMs, auth: authOf(this.#options), tls })
    this.#client = client
    const startedAt = performance.now()
    try {
      await client.connected({ signal: AbortSignal.any([signal, AbortSignal.timeout(sessionLimitMs)]) })
    } catch {
      const { reason = 'no server answers' } = client.state
      return unreachable(`no session: ${reason}`, 'What listens there may not be ZooKeeper, may have no quorum, or takes no more connections (maxClientCnxns).')
    }
    const granted = client.sessionTimeoutMs
    const found = `made in ${Math.ceil(performance.now() - startedAt)} ms; its timeout is ${granted / 1000} s`
    if (granted === timeoutMs) return ok(`${found}, as asked for`)
    return warn(`${found}, not ${timeoutMs / 1000} s`, `The servers grant from minSessionTimeout to maxSessionTimeout (zoo.cfg); write ?timeout=${granted}ms, or change those.`)
  }

  async #probe(client: ZooKeeperClient, namespace: string, signal: AbortSignal): Promise<Finding> {
    const { probe, clock } = await lookAtProbe(client, namespace, signal)
    this.#clock = clock
    return probe
  }

  #withClient<T>(look: (client: ZooKeeperClient) => Promise<T>): Promise<T | Finding> {
    return this.#client ? look(this.#client) : Promise.resolve(skip('there is no session'))
  }
}
