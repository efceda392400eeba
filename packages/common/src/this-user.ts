import { hostname, userInfo } from 'node:os'

/** Who runs this process: `ann@host1`. */
export function thisUser(): string {
  const host = hostname()
  try {
    return `${userInfo().username}@${host}`
  } catch {
    return `${process.getuid?.() ?? 'unknown'}@${host}` // a user without a name, as in containers
  }
}
