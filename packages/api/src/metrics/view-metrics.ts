import { isUnderWay } from '@muster/servicegroup'
import type { LiveView, Service, ServicesView, WorkerChange } from '@muster/servicegroup'
import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

import { trustOf } from '../freshness.js'
import { Tally } from './tally.js'

/**
 * What is told of groups, workers and services, from memory. While lists are refused nothing is told: a number that
 * nobody vouches for is worse than none.
 */
export function addViewMetrics(registry: Registry, view: LiveView, services: Pick<ServicesView, 'services'>): void {
  const gauge = (name: string, help: string, labelNames: readonly string[], count: (tally: Tally) => void): void => {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset()
        if (trustOf(view).kind === 'none') return
        const tally = new Tally()
        count(tally)
        for (const { labels, count: value } of tally.counts()) this.set(labels, value)
      },
    })
  }
  gauge('svc_members', 'Members of a group; 0 for one that is there and empty', ['group'], (tally) => {
    for (const { group, members } of view.groups()) tally.add({ group }, members)
  })
  gauge('svc_workers', 'Live workers by group and type', ['group', 'type'], (tally) => {
    for (const { group, type } of view.workers()) tally.add({ group, type: type ?? '' })
  })
  gauge('svc_services', 'Services by what is observed, what an administrator wants, and what a scheduler should use', ['type', 'state', 'status', 'effective', 'maintenance'], (tally) => {
    const now = Date.now()
    for (const service of services.services()) tally.add(labelsOf(service, now))
  })

  const transitions = new Tally()
  view.onChange((changes) => {
    for (const change of changes) transitions.add({ group: groupOf(change), change: change.type })
  })
  new Counter({
    name: 'svc_member_transitions_total',
    help: 'Members that joined, left or were updated since the server started',
    labelNames: ['group', 'change'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { labels, count } of transitions.counts()) this.inc(labels, count)
    },
  })
}

function labelsOf({ type, state, status, effective, maintenance }: Service, now: number): Record<string, string> {
  return { type, state, status, effective, maintenance: isUnderWay(maintenance, now) ? 'yes' : 'no' }
}

const groupOf = (change: WorkerChange): string => (change.type === 'left' ? change.before : change.worker).group
