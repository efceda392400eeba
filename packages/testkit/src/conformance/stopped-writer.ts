// A process that is stopped in the middle of its write transaction, as a debugger or a full cgroup freezer would do.
import { writeSync } from 'node:fs'

import { openRawStore } from '../raw-store.js'

const [file = ''] = process.argv.slice(2)
const database = await openRawStore(file)
await database.write(
  (sql) => {
    sql.run('UPDATE store SET revision = revision')
    writeSync(1, 'stopping\n')
    process.kill(process.pid, 'SIGSTOP')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000) // until it is killed
  },
  { timeoutMs: 5000 },
)
