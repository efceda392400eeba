import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

import type { ServerHistory } from '../history/history.js'

const states = ['unreachable', 'starting', 'waiting', 'observing', 'foreign', 'closed'] as const

/** What is told of the history: whether this server keeps it, and how far it goes. */
export function addHistoryMetrics(registry: Registry, history: ServerHistory): void {
  const registers = [registry]
  new Gauge({
    name: 'svc_history_state',
    help: '1 for how this server stands to the history, 0 for the others; of all servers of a store one observes',
    labelNames: ['state'],
    registers,
    collect() {
      for (const state of states) this.set({ state }, history.status.state === state ? 1 : 0)
    },
  })
  new Gauge({
    name: 'svc_history_last_seq',
    help: 'The number of the last change that this server knows of',
    registers,
    collect() {
      if (history.status.state === 'unreachable') this.reset()
      else this.set(history.open.tail.lastSeq ?? 0)
    },
  })
  new Gauge({
    name: 'svc_sink_failing',
    help: '1 while a webhook or RabbitMQ that this server tells of changes could not be told the last time, else 0',
    labelNames: ['sink'],
    registers,
    collect() {
      this.reset()
      for (const { sink, failure } of history.sinks()) this.set({ sink }, failure === undefined ? 0 : 1)
    },
  })
  new Gauge({
    name: 'svc_sink_oldest_pending_seconds',
    help: 'Time since the oldest change that a webhook or RabbitMQ is yet to be told of; 0 when it knows all',
    labelNames: ['sink'],
    registers,
    collect() {
      this.reset()
      for (const { sink, oldestPendingAt } of history.sinks()) this.set({ sink }, oldestPendingAt === undefined ? 0 : Math.max(0, Date.now() - oldestPendingAt) / 1000)
    },
  })
}
