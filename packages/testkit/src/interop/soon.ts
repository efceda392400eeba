import { eventually } from '../eventually.js'

/** As `eventually`, with time for a Python process to start on a busy machine. */
export const soon = <T>(check: () => T | Promise<T>): Promise<T> => eventually(check, { timeoutMs: 30_000 })
