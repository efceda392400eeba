import { constants, setPriority } from 'node:os'

/** Lets the server and its honest clients have the processor first: real attackers bring machines of their own. */
export function stayBehind(): void {
  setPriority(constants.priority.PRIORITY_LOW)
}
