/** Somebody who can be asked. */
export interface Terminal {
  /** The next line that is typed; empty at the end of input. */
  readLine(): Promise<string>
}

/** Undefined when stdin or stderr is no terminal: nobody would see a question, or could answer it. */
export async function openTerminal(): Promise<Terminal | undefined> {
  const { isatty } = await import('node:tty') // not at the top: a bundle loads those whenever any of it is needed
  return isatty(0) && isatty(2) ? { readLine } : undefined
}

async function readLine(): Promise<string> {
  const { createInterface } = await import('node:readline')
  const lines = createInterface({ input: process.stdin, terminal: false }) // the terminal itself lets people edit the line
  try {
    for await (const line of lines) return line
    return ''
  } finally {
    lines.close()
    process.stdin.destroy()
  }
}
