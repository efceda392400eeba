// Tests run as compiled by the same `tsc` that checks them: no second compiler between them and what users get.
export default {
  rootDir: '..',
  testMatch: ['<rootDir>/packages/*/dist/**/*.test.js', '!**/*.interop.test.js'], // those meet the world outside: npm run test:interop
  testEnvironment: 'node',
  transform: {},
  testTimeout: 60_000, // for those that start many processes on a busy machine; what a test waits for has a deadline of its own
  maxConcurrency: 3,
  maxWorkers: 3, // some of them wait for servers and processes that they started
  testSequencer: '<rootDir>/scripts/test-sequencer.js',
  forceExit: true, // a test that failed half-way may leave a timer; the run must end all the same
  reporters: ['default', 'summary', '<rootDir>/scripts/count-reporter.js'],
}
