import type { LockContender } from '@muster/coordination'

import { defineCommand } from '../command.js'
import { settingOption } from '../config/settle.js'
import { contenderColumns } from '../hold/contender-columns.js'
import { say } from '../io.js'
import { listPrinter } from '../output/list-printer.js'
import type { Column } from '../output/list-printer.js'
import { contenderMarks } from '../output/marks.js'
import { outputOptions } from '../output/options.js'
import { resolveBackend, withCoordinator } from '../target.js'

/** What is told of one who holds a lock or waits for it. */
export const lockColumns: readonly Column<LockContender>[] = [
  { title: 'Lock', value: ({ lock }) => lock },
  { title: 'State', value: ({ isHolder }) => (isHolder ? 'held' : 'waiting'), marks: contenderMarks },
  { title: 'Kind', value: ({ kind }) => kind },
  ...contenderColumns,
]

export const command = defineCommand({
  name: 'locks',
  help: `Lists who holds which lock and who waits for it, first in line first. Locks that nobody wants are not listed.

  svc locks
  svc locks nightly
  svc locks -f json

Since is when it came to stand in line. Hostname and Process Id are those that a member id of Muster ends in; of svc lock, its own process, not the command's.`,
  options: {
    ...outputOptions,
    backend: settingOption('backend', 'Backend that holds the locks'),
  },
  argument: { name: 'NAME', of: 'lock', isOptional: true },
  run: async (args, io, _, name) => {
    const print = listPrinter(lockColumns, args, io)
    const contenders = await withCoordinator(resolveBackend(args, io.env), io, (coordinator) => (name === undefined ? coordinator.getLocks() : coordinator.getLock(name).contenders()))
    await print(contenders)
    if (contenders.length === 0) say(io, name === undefined ? 'no locks' : `nobody holds lock '${name}' or waits for it`)
    return 0
  },
})
