// Runs jest on what is built, with a ZooKeeper for the tests that need one. Without one the others run, and then it fails.
import { describeMissing, locateZooKeeper } from '../packages/testkit/dist/zookeeper/locate.js'
import { runTool } from './workspace.js'

const needZooKeeper = '\\.zookeeper\\.test\\.js$'

const { provider, tried } = await locateZooKeeper((line) => console.error(line))
const words = ['--config', 'scripts/jest.config.js', ...process.argv.slice(2)]
if (!provider) words.push('--testPathIgnorePatterns', '/node_modules/', needZooKeeper)
const status = runTool('jest', 'bin/jest.js', words, {
  nodeOptions: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  env: provider ? { SVC_TEST_ZOOKEEPER: JSON.stringify(provider) } : {}, // so that no test process looks again
  allowFailure: true,
})
if (!provider) console.error(`\nFAILED: the tests that need a ZooKeeper did not run.\n${describeMissing(tried)}`)
process.exit(provider ? status : 1) // not later: an engine that never answered may hold a connection
