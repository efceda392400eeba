import type { ClusterRow } from '@muster/provisioning'

import type { Io } from '../io.js'
import { timeOfDay } from '../live/change-line.js'
import { Screen } from '../live/screen.js'
import { safeText } from '../safe-text.js'
import { draw } from './drawing.js'
import type { Picture } from './drawing.js'
import type { FailuresByStep } from './failures.js'
import { Pace } from './pace.js'
import type { View } from './watch-progress.js'

const clockMs = 1000
const terminalLines = 24

/** A cluster on a page of the terminal that is redrawn in place. */
export class ProgressPage implements View {
  readonly pauseMs = 100
  readonly #io: Io
  readonly #mostFailures: number
  readonly #screen: Screen
  readonly #pace = new Pace()
  readonly #stop: () => void
  #last: Omit<Picture, 'now'> | undefined
  #lost: { readonly reason: string; readonly since: Date } | undefined

  /** `ask`: for another showing, as time goes by and the terminal becomes another size. */
  constructor(io: Io, mostFailures: number, ask: () => void) {
    this.#io = io
    this.#mostFailures = mostFailures
    this.#screen = new Screen((text) => io.write(text))
    const clock = setInterval(ask, clockMs)
    const stopResizing = io.onResize(() => {
      this.#screen.invalidate()
      ask()
    })
    this.#stop = () => {
      clearInterval(clock)
      stopResizing()
    }
  }

  async show(cluster: ClusterRow, failures: FailuresByStep): Promise<void> {
    this.#pace.see(cluster.provision_progress, performance.now())
    this.#last = { cluster, failures, pace: this.#pace, mostFailures: this.#mostFailures }
    await this.#screen.draw(await this.#lines({ ...this.#last, now: Date.now(), note: this.#note() }))
  }

  connection(lost: string | undefined): void {
    this.#lost = lost === undefined ? undefined : { reason: lost, since: new Date() }
  }

  /** Gives the terminal back as it was, with the last picture on it. */
  async close(): Promise<void> {
    this.#stop()
    await this.#screen.close()
    if (this.#last) await this.#io.write(`${(await draw({ ...this.#last, now: Date.now() }, this.#io)).join('\n')}\n`)
  }

  #note(): string {
    return this.#lost === undefined ? timeOfDay(new Date()) : `not connected since ${timeOfDay(this.#lost.since)}, trying again (${safeText(this.#lost.reason)})`
  }

  /** As many failures as there is room for; of the steps the last ones. */
  async #lines(picture: Picture): Promise<readonly string[]> {
    const { lines: height = terminalLines } = this.#io
    for (let mostFailures = Math.min(height, picture.mostFailures); ; mostFailures -= 1) {
      const lines = await draw({ ...picture, mostFailures }, this.#io)
      if (lines.length <= height) return lines
      if (mostFailures <= 0) return [...lines.slice(0, 1), `${lines.length - height + 1} lines more above`, ...lines.slice(lines.length - height + 2)]
    }
  }
}
