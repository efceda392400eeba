// Runs jest on what is built, with servers for the tests that need some. Without them the others run, and then it fails.
import * as postgresql from '../packages/testkit/dist/postgresql/locate.js'
import * as rabbitmq from '../packages/testkit/dist/rabbitmq/locate.js'
import * as zookeeper from '../packages/testkit/dist/zookeeper/locate.js'
import { runTool } from './workspace.js'

const log = (line) => console.error(line)
const systems = [
  { what: 'a ZooKeeper', tests: '\\.zookeeper\\.test\\.js$', variable: 'SVC_TEST_ZOOKEEPER', ...(await zookeeper.locateZooKeeper(log)), describeMissing: zookeeper.describeMissing },
  { what: 'a PostgreSQL', tests: '\\.postgresql\\.test\\.js$', variable: 'SVC_TEST_POSTGRESQL', ...(await postgresql.locatePostgresql(log)), describeMissing: postgresql.describeMissing },
  { what: 'a RabbitMQ', tests: '\\.rabbitmq\\.test\\.js$', variable: 'SVC_TEST_RABBITMQ', ...(await rabbitmq.locateRabbitMq(log)), describeMissing: rabbitmq.describeMissing },
]
const missing = systems.filter(({ provider }) => !provider)
const words = ['--config', 'scripts/jest.config.js', ...process.argv.slice(2)]
if (missing.length > 0) words.push('--testPathIgnorePatterns', '/node_modules/', ...missing.map(({ tests }) => tests))
const status = runTool('jest', 'bin/jest.js', words, {
  nodeOptions: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  env: Object.fromEntries(systems.filter(({ provider }) => provider).map(({ variable, provider }) => [variable, JSON.stringify(provider)])), // so that no test process looks again
  allowFailure: true,
})
for (const { what, tried, describeMissing } of missing) console.error(`\nFAILED: the tests that need ${what} did not run.\n${describeMissing(tried)}`)
process.exit(missing.length > 0 ? 1 : status) // not later: an engine that never answered may hold a connection
