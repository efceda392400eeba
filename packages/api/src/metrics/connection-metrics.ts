import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

import type { Connections } from '../connections.js'

/** What is told of the connections of a server. */
export function addConnectionMetrics(registry: Registry, connections: Connections): void {
  const registers = [registry]
  new Gauge({
    name: 'svc_connections',
    help: 'Connections of clients: busy while an answer is under way, a stream too',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(connections.count)) this.set({ state }, count)
    },
  })
  new Gauge({ name: 'svc_connections_max', help: 'How many connections there may be', registers }).set(connections.most)
  new Counter({
    name: 'svc_connections_closed_total',
    help: 'Connections closed since the server started because there were too many: idle ones, to make room, silent ones of one address, and new ones, where none was idle',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset()
      for (const [reason, count] of Object.entries(connections.closed)) this.inc({ reason }, count)
    },
  })
}
