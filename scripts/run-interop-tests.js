// Our workers beside those of Python's tooz, and under the stock client of Vitrage, on real ZooKeeper servers; listeners of oslo.messaging on a
// real RabbitMQ; svc in real shells. Installs Debian's packages of all of these where it may; without them nothing runs, and it fails.
import { providePythonSystems } from '../packages/testkit/dist/interop/python-systems.js'
import { provideShells } from '../packages/testkit/dist/interop/shells.js'
import * as rabbitmq from '../packages/testkit/dist/rabbitmq/locate.js'
import { describeMissing, locateZooKeeper } from '../packages/testkit/dist/zookeeper/locate.js'
import { runTool } from './workspace.js'

const log = (line) => console.error(line)
const missing = []
await providePythonSystems(log).catch((error) => missing.push(error.message))
await provideShells(log).catch((error) => missing.push(error.message))
const { provider, tried } = await locateZooKeeper(log)
if (!provider) missing.push(describeMissing(tried))
const broker = await rabbitmq.locateRabbitMq(log)
if (!broker.provider) missing.push(rabbitmq.describeMissing(broker.tried))

if (missing.length > 0) {
  console.error(['FAILED: the tests of interoperability did not run.', ...missing].join('\n'))
  process.exit(1) // not later: an engine that never answered may hold a connection
}
process.exit(
  runTool('jest', 'bin/jest.js', ['--config', 'scripts/jest.interop.config.js', ...process.argv.slice(2)], {
    nodeOptions: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    env: { SVC_TEST_ZOOKEEPER: JSON.stringify(provider), SVC_TEST_RABBITMQ: JSON.stringify(broker.provider) }, // so that no test process looks again
    allowFailure: true,
  }),
)
