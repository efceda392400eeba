import { createInterface } from 'node:readline'
import { isatty } from 'node:tty'

/** Somebody who can be asked. */
export interface Terminal {
  /** The next line that is typed; empty at the end of input. */
  readLine(): Promise<string>
}

/** Undefined when stdin or stderr is no terminal: nobody would see a question, or could answer it. */
export const openTerminal = (): Terminal | undefined => (isatty(0) && isatty(2) ? { readLine } : undefined)

async function readLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin, terminal: false }) // the terminal itself lets people edit the line
  try {
    for await (const line of lines) return line
    return ''
  } finally {
    lines.close()
    process.stdin.destroy()
  }
}
