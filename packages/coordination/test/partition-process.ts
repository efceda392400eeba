// A process that joins a partitioned group under a fixed id, and stays.
import { openCoordinator } from '@muster/coordination'

const [url = '', memberId = ''] = process.argv.slice(2)
const coordinator = await openCoordinator(url, { memberId })
await coordinator.joinPartitionedGroup('g')
process.stdout.write('joined\n')
setInterval(() => undefined, 60_000)
