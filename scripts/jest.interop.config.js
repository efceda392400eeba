// What meets the world outside, which `npm test` leaves out: Python's own programs, shells, and fresh installations from npm.
import config from './jest.config.js'

export default { ...config, testMatch: ['<rootDir>/packages/*/dist/**/*.interop.test.js'], testTimeout: 60_000 }
