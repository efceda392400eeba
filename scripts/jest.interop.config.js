// The tests with Python's own programs, which `npm test` leaves out: see run-interop-tests.js.
import config from './jest.config.js'

export default { ...config, testMatch: ['<rootDir>/packages/*/dist/**/*.interop.test.js'], testTimeout: 60_000 }
