import { exitStatusByCode } from '@muster/common'
import type { ErrorCode } from '@muster/common'

/** What each status means to the caller of `svc`; the README has the same table. */
export const exitStatusMeanings = {
  0: 'done; an empty list too',
  1: 'failure; `svc doctor`: something is not in order; `svc migrate`: the target has not all; `svc cluster run`: an instance has failed or is missing; `svc progress --exit`: the cluster is Error',
  2: 'cancelled: a question was not answered with yes',
  3: 'not found',
  4: 'not allowed',
  5: '`--fail-empty` of `svc list`, `svc changes` and `svc diff`: nothing is listed; `svc leader`: nobody leads; `svc is-up`: it is down',
  6: 'conflict: it exists already, is in use, or was changed in the meantime',
  64: 'wrong usage: unknown command, option or backend; a name that may mean several services; no terminal to ask on',
  69: 'backend or server unreachable',
  75: 'lock or leadership lost, or with `svc lock --wait 0` held by another',
  124: 'it took too long; `svc run`: the command was not ready in time; `svc lock --wait`: another held the lock',
  126: '`svc run`, `svc lock`, `svc elect`, `svc cluster run`: the command is not executable',
  127: '`svc run`, `svc lock`, `svc elect`, `svc cluster run`: the command is not found',
  '128+n': 'ended by signal n, svc or the command that it runs',
} as const satisfies Readonly<Record<(typeof exitStatusByCode)[ErrorCode], string>> & Readonly<Record<string, string>>

/** The list as text, each status with the errors that lead to it. */
export function describeExitCodes(): string {
  const rows = Object.entries(exitStatusMeanings).map(([status, meaning]) => {
    const codes = Object.entries(exitStatusByCode).flatMap(([code, itsStatus]) => (String(itsStatus) === status ? [code] : []))
    return [status.padStart(7) + `  ${meaning.replaceAll('`', '')}`, ...inLines(codes.join(' '), 70).map((line) => `           ${line}`)].join('\n')
  })
  return `The exit status of svc, and under it the errors that lead to it (err.code):\n\n${rows.join('\n')}\n\nOtherwise svc run, svc lock, svc elect and svc cluster run exit with the status of their command.\n`
}

function inLines(text: string, width: number): string[] {
  return text === '' ? [] : (text.match(new RegExp(`.{1,${width}}(?= |$)`, 'g')) ?? []).map((line) => line.trim())
}
