import type { Worker, WorkerFilter } from '@muster/servicegroup'

import type { WatchedList } from './watch-list.js'
import { watchList } from './watch-list.js'
import { workerSubject } from './worker-subject.js'

interface WatchedWorkers extends Omit<WatchedList<Worker, never>, 'subject' | 'where' | 'asLines'> {
  readonly args: WorkerFilter & WatchedList<Worker, never>['args']
}

/** `svc list -w`: as `watchList`. */
export function watchWorkers(watched: WatchedWorkers): Promise<number> {
  const { group, name, hostname, type } = watched.args
  return watchList({ ...watched, subject: workerSubject({ group, name, hostname, type }), where: group ? ` in group ${[group].flat().join(', ')}` : '' })
}
