import { embeddedBackend } from '../conformance/embedded-backend.js'
import { describeRecipes } from './index.js'

describeRecipes('embedded', embeddedBackend)
