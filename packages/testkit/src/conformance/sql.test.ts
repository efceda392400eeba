import { describeContract } from './index.js'
import { embeddedBackend } from './embedded-backend.js'

describeContract('embedded', embeddedBackend)
