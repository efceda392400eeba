import { onOneServer } from '../conformance/on-one-server.js'
import { describeRecipes } from './index.js'

describeRecipes('ZooKeeper', onOneServer())
