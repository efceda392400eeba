import { providerOf } from '../find-first.js'
import { describeMissing, locateZooKeeper } from './locate.js'

export const findProvider = providerOf('SVC_TEST_ZOOKEEPER', locateZooKeeper, describeMissing)
