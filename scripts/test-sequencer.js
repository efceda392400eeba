import Sequencer from '@jest/test-sequencer'

/** These install and compile the whole workspace once more: beside them a test that measures time would measure them. */
const heavy = /\/containers\/dockerfile\.test\.js$/

/** Jest's own order, the longest first, with the heavy ones at the end: beside the shortest, which measure nothing. */
export default class HeavyLast extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests)
    return [...sorted.filter(({ path }) => !heavy.test(path)), ...sorted.filter(({ path }) => heavy.test(path))]
  }
}
