import type { Outcome } from '../outcome.js'
import { measureErasing } from './erasing.js'
import { measureProgress } from './progress.js'

/** By name: how far clusters are, and what keeping their events costs. */
export const provisioningBenchmarks: Readonly<Record<string, () => Promise<Outcome[]>>> = {
  'provisioning-progress': measureProgress,
  'provisioning-erasing': measureErasing,
}
