// A process that joins a group under a fixed id, saying which process it is, and stays.
import { openCoordinator } from '@muster/coordination'
import { ownIdentity } from '@muster/coordination/internal'

const [url = '', memberId = ''] = process.argv.slice(2)
const coordinator = await openCoordinator(url, { memberId })
await coordinator.joinGroupCreate('g', { identity: ownIdentity })
process.stdout.write('joined\n')
setInterval(() => undefined, 60_000)
