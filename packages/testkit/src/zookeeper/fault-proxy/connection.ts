import { Socket } from 'node:net'

import { FrameReader } from './frame-reader.js'
import type { Piece } from './frame-reader.js'
import { Lane } from './lane.js'
import type { Road } from './lane.js'
import type { ArmedTrap } from './traps.js'

export type Direction = 'toServer' | 'toClient'

/** What lies between clients and server: the two roads, and the traps that are armed. */
export interface Network {
  readonly roads: Readonly<Record<Direction, Road>>
  readonly traps: ReadonlySet<ArmedTrap>
}

/** A client's connection together with the one to the server that belongs to it. */
export class Connection {
  readonly #network: Network
  readonly #client: Socket
  readonly #server = new Socket({ allowHalfOpen: true })
  readonly #reach: () => void
  readonly #lanes: readonly Lane[]
  #isReached = false

  constructor(network: Network, client: Socket, target: { readonly host: string; readonly port: number }, onClose: () => void) {
    this.#network = network
    this.#client = client
    this.#reach = () => this.#server.setNoDelay(true).connect(target)
    const requests = new FrameReader()
    const replies = new FrameReader()
    this.#lanes = [
      new Lane(client, this.#server, network.roads.toServer, (what) => {
        this.#carry(what === 'end' ? requests.rest() : requests.read(what), this.#server, (piece) => this.#onRequest(piece))
        if (what === 'end') this.#server.end()
      }),
      new Lane(this.#server, client, network.roads.toClient, (what) => {
        this.#carry(what === 'end' ? replies.rest() : replies.read(what), client, (piece) => this.#onReply(piece))
        if (what === 'end') client.end()
      }),
    ]
    let open = 2
    for (const socket of [client, this.#server]) {
      socket.on('close', () => {
        if (--open > 0) return
        for (const trap of network.traps) trap.onClose(this)
        onClose()
      })
    }
    this.update()
  }

  /** To be called when a road has changed. */
  update(): void {
    const { flow } = this.#network.roads.toServer
    // A client that connects during a partition is not seen by the server before it ends.
    if (!this.#isReached && flow === 'pass' && !this.#client.destroyed) {
      this.#isReached = true
      this.#reach()
    }
    for (const lane of this.#lanes) lane.update()
  }

  /** Ends the connection if anything on it was dropped: what would follow is no longer what was said. */
  endIfDamaged(): void {
    if (this.#lanes.some(({ hasLost }) => hasLost)) this.destroy()
  }

  destroy(): void {
    this.#client.destroy()
    this.#server.destroy()
  }

  #carry(pieces: readonly Piece[], to: Socket, look: (piece: Piece) => { readonly pass: Buffer; readonly cut: boolean }): void {
    const road = this.#network.roads[to === this.#server ? 'toServer' : 'toClient']
    to.cork()
    for (const piece of pieces) {
      const { pass, cut } = look(piece)
      road.bytes += pass.length
      if (pass.length > 0) to.write(pass)
      if (cut) {
        to.uncork()
        to.destroySoon()
        this.#server.destroy()
        return
      }
    }
    to.uncork()
  }

  #onRequest({ bytes, frame, offset }: Piece): { pass: Buffer; cut: boolean } {
    if (frame !== undefined && offset === 0) for (const trap of this.#network.traps) trap.onRequest(frame, this)
    return { pass: bytes, cut: false }
  }

  #onReply(piece: Piece): { pass: Buffer; cut: boolean } {
    let pass = piece.bytes
    for (const trap of this.#network.traps) {
      const verdict = trap.onReply({ ...piece, bytes: pass }, this)
      if (verdict.cut) return verdict
      pass = verdict.pass
    }
    return { pass, cut: false }
  }
}
