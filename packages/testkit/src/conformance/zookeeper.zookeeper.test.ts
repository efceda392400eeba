import { describeContract } from './index.js'
import { onOneServer } from './on-one-server.js'

describeContract('ZooKeeper', onOneServer())
