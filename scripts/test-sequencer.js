import Sequencer from '@jest/test-sequencer'

/** Whole suites behind a few lines: jest, which takes the largest files first, would begin them last and end with one busy worker. */
const long = /\/(conformance|readme)\//

/** Jest's own order, but the longest at the very beginning. */
export default class LongFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests)
    return [...sorted.filter(({ path }) => long.test(path)), ...sorted.filter(({ path }) => !long.test(path))]
  }
}
