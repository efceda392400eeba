import { matchesFilter, matchesService, narrowChange, narrowServiceChange } from '@muster/servicegroup'
import type { LiveView, Service, ServiceChange, ServiceFilter, ServicesView, Worker, WorkerChange, WorkerFilter } from '@muster/servicegroup'

import { serviceJson, workerJson } from '../row-json.js'

/** A change, by what a client calls it. */
export interface TopicChange {
  readonly type: string
}

/** What streams tell of: how its rows and changes are written, and what a filter shows of them. */
export interface Topic<Row, Change extends TopicChange, Filter> {
  readonly rows: () => readonly Row[]
  readonly rowJson: (row: Row) => string
  readonly changeJson: (change: Change) => string
  readonly matches: (filter: Filter, row: Row) => boolean
  /** What a change is to those who see the rows that match; undefined: nothing. */
  readonly narrow: (filter: Filter, change: Change) => Change | undefined
}

export const workerTopic = (view: Pick<LiveView, 'workers'>): Topic<Worker, WorkerChange, WorkerFilter> => ({
  rows: () => view.workers(),
  rowJson: workerJson,
  changeJson: (change) => {
    switch (change.type) {
      case 'joined':
        return `{"type":"joined","worker":${workerJson(change.worker)}}`
      case 'left':
        return `{"type":"left","before":${workerJson(change.before)}}`
      case 'updated':
        return `{"type":"updated","worker":${workerJson(change.worker)},"before":${workerJson(change.before)},"rejoined":${String(change.rejoined)}}`
    }
  },
  matches: matchesFilter,
  narrow: narrowChange,
})

export const serviceTopic = (view: Pick<ServicesView, 'services' | 'labelsOf'>): Topic<Service, ServiceChange, ServiceFilter> => {
  const matches = (filter: ServiceFilter, service: Service): boolean => matchesService(filter, service, view.labelsOf(service))
  return {
    rows: () => view.services(),
    rowJson: serviceJson,
    changeJson: (change) => {
      switch (change.type) {
        case 'created':
          return `{"type":"created","service":${serviceJson(change.service)}}`
        case 'deleted':
          return `{"type":"deleted","before":${serviceJson(change.before)}}`
        case 'updated':
          return `{"type":"updated","service":${serviceJson(change.service)},"before":${serviceJson(change.before)}}`
      }
    },
    matches,
    narrow: (filter, change) => narrowServiceChange((service) => matches(filter, service), change),
  }
}
