import { InvalidArgument } from '@muster/common'

/** The reason that was given; null for an empty one, which says that there is none. @throws InvalidArgument without one */
export function requireReason(command: string, reason: string | undefined): string | null {
  if (reason === undefined) throw new InvalidArgument('reason', `Why? Write svc ${command} TARGET --reason REASON`, { hint: `See svc ${command} --help` })
  return reason.trim() === '' ? null : reason
}
