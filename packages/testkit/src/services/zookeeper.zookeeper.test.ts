import { onOneServer } from '../conformance/on-one-server.js'
import { describeServices } from './index.js'

describeServices('ZooKeeper', onOneServer())
