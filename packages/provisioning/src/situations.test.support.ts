import type { openProvisioning } from './open-provisioning.js'
import { situationsOfClusters } from './situations/clusters.test.support.js'
import { situationsOfEvents } from './situations/events.test.support.js'
import { situationsOfRefusals } from './situations/refusals.test.support.js'
import { situationsOfReports } from './situations/reports.test.support.js'
import { Scene } from './situations/scene.test.support.js'
import { situationsOfWorkers } from './situations/workers.test.support.js'

/** What holds on every database. `url`: of a database of its own for each test; `openAt`: how it is opened, default straight. */
export function situationsOfProvisioning(url: () => string, openAt?: typeof openProvisioning): void {
  const scene = new Scene(url, openAt)
  situationsOfClusters(scene)
  situationsOfReports(scene)
  situationsOfEvents(scene)
  situationsOfWorkers(scene)
  situationsOfRefusals(scene)
}
