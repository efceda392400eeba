import { basename } from 'node:path'

import { exitStatusByCode, InvalidArgument } from '@muster/common'

import { defineCommand } from '../command.js'
import { settingOption, settle } from '../config/settle.js'
import type { Io } from '../io.js'
import { say } from '../io.js'
import { report } from '../report.js'
import { Presence } from '../run/presence.js'
import { prepareCommand } from '../run/start-command.js'
import { parseReadiness, waitUntilReady } from '../run/wait-until-ready.js'

const text = { type: 'string', requiresArg: true } as const

export const command = defineCommand({
  name: 'run',
  help: `Runs a command as a worker: it is listed from its start, or from when it is ready, until it ends or is told to
with TERM. Exits with the command's status.

  svc run -- sleep 600
  svc run --group vitrage --name 'indexer worker(0)' -- python3 indexer.py --fast
  svc run --label role=api --label tier=1 --require-join -- ./server
  svc run --ready http://127.0.0.1:8080/health --ready-timeout 1m -- ./server --port 8080`,
  options: {
    group: settingOption('group', 'Group to join'),
    name: { ...text, describe: 'Name of the worker (SVC_NAME, else the name of the command)' },
    type: { ...text, describe: 'Kind of service (else the name without its worker number)' },
    hostname: settingOption('hostname', 'Name of this host'),
    region: { ...text, describe: 'Where it runs' },
    zone: { ...text, describe: 'Where it runs, within the region' },
    'version-label': { ...text, describe: 'Version of the service' },
    label: { ...text, array: true, describe: 'A label KEY=VALUE; may be repeated' },
    ready: { ...text, describe: 'Join when this is so: tcp://:PORT or tcp://HOST:PORT accepts, http(s)://URL answers 2xx, file:PATH is there' },
    'ready-timeout': { ...text, describe: 'End the command with TERM when it is not ready in time, and exit with 124 (default: wait for ever)' },
    'require-join': { type: 'boolean', describe: 'Do not start the command while the backend cannot be reached' },
    backend: settingOption('backend', 'Backend that holds the group'),
  },
  takesCommand: true,
  run: runAsWorker,
})

interface RunOptions {
  readonly group?: string | undefined
  readonly name?: string | undefined
  readonly type?: string | undefined
  readonly hostname?: string | undefined
  readonly region?: string | undefined
  readonly zone?: string | undefined
  readonly 'version-label'?: string | undefined
  readonly label?: readonly string[] | undefined
  readonly ready?: string | undefined
  readonly 'ready-timeout'?: string | undefined
  readonly 'require-join'?: boolean | undefined
  readonly backend?: string | undefined
}

async function runAsWorker(options: RunOptions, io: Io, command: readonly string[]): Promise<number> {
  const worker = workerOptions(options, command[0] ?? '', io)
  const readiness = parseReadiness(options.ready, options['ready-timeout'])
  const { describeWorker } = await import('@muster/servicegroup')
  describeWorker(worker) // what can never join is told before the start
  const tell = (sentence: string): void => say(io, sentence)
  const presence = new Presence({ backend: settle('backend', options.backend, io).value, worker, say: tell })
  const prepared = await prepareCommand(command, io.env.PATH, 'TERM')
  if ('status' in prepared) {
    tell(prepared.sentence)
    return prepared.status
  }
  const unreachable = await presence.connect()
  if (unreachable !== undefined) {
    if (options['require-join'] === true) {
      report(unreachable, io)
      return exitStatusByCode.backend_unreachable
    }
    presence.tellLate(unreachable)
  }
  const started = await prepared.start({ onTerminate: () => void presence.end() })
  if ('status' in started) {
    tell(started.sentence)
    return started.status
  }
  const overdue = new AbortController()
  const untilReady = async (signal: AbortSignal): Promise<boolean> => {
    const outcome = readiness === undefined ? 'ready' : await waitUntilReady(readiness, { signal, say: tell })
    if (outcome === 'overdue') {
      overdue.abort()
      started.signal('SIGTERM')
    }
    return outcome === 'ready'
  }
  try {
    presence.join(started.pid, untilReady)
    const status = await started.ended
    return overdue.signal.aborted ? exitStatusByCode.operation_timed_out : status
  } finally {
    await presence.end()
    started.release()
  }
}

function workerOptions(options: RunOptions, program: string, io: Io) {
  return {
    group: settle('group', options.group, io).value,
    name: settle('name', options.name, io).value ?? basename(program),
    type: options.type,
    hostname: settle('hostname', options.hostname, io).value,
    region: options.region,
    zone: options.zone,
    version: options['version-label'],
    labels: Object.fromEntries((options.label ?? []).map(splitLabel)),
  }
}

function splitLabel(label: string): [key: string, value: string] {
  const at = label.indexOf('=')
  if (at < 1) throw new InvalidArgument('label', `--label ${label}: write it as KEY=VALUE`)
  return [label.slice(0, at), label.slice(at + 1)]
}
