const enter = '\x1b[?1049h\x1b[?7l\x1b[?25l' // a page of its own; long lines end at the edge; no cursor
const leave = '\x1b[?25h\x1b[?7h\x1b[?1049l' // what was on the terminal is there again
const beginDraw = '\x1b[?2026h\x1b[H' // terminals that know it show the whole picture at once
// What is cleared is cleared before it is written to: at the edge of the terminal the last character would go as well.
const clearLine = '\x1b[K'
const clearBelow = '\x1b[J'
const endDraw = '\x1b[?2026l'

/** A page of a terminal that is drawn in place, over and over. */
export class Screen {
  #shown = ''
  #isOpen = false

  constructor(private readonly write: (text: string) => Promise<void>) {}

  /** Draws these lines, cut at the edge of the terminal; the same once more costs nothing. */
  async draw(lines: readonly string[]): Promise<void> {
    const picture = lines.map((line, index) => (index === lines.length - 1 ? clearBelow : clearLine) + line).join('\r\n')
    if (picture === this.#shown) return
    this.#shown = picture
    const begin = this.#isOpen ? beginDraw : enter + beginDraw
    this.#isOpen = true
    await this.write(`${begin}${picture}${endDraw}`)
  }

  /** Forgets what it has drawn: the terminal has another size. */
  invalidate(): void {
    this.#shown = ''
  }

  /** Gives the terminal back as it was. */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.write(leave)
  }
}
