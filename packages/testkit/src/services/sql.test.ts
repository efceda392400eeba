import { embeddedBackend } from '../conformance/embedded-backend.js'
import { describeServices } from './index.js'

describeServices('embedded', embeddedBackend)
