import { embeddedBackend } from '../conformance/embedded-backend.js'
import { describeHistories } from './index.js'

describeHistories('embedded', embeddedBackend)
