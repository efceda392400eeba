import { onOneServer } from '../conformance/on-one-server.js'
import { describeHistories } from './index.js'

describeHistories('ZooKeeper', onOneServer())
