// The way from one sight of the map to another, in a moment; at once for those who want nothing to move.

import { between } from "./camera.js"

/** @import { Sight } from "../types.d.ts" */

const TIME = 420 // milliseconds
const STILL = matchMedia("(prefers-reduced-motion: reduce)")

export class Flight {
  /** @type {{ from: Sight, to: Sight, begun: number, time: number } | null} */
  way = null

  /**
   * @param {Sight} from
   * @param {Sight} to
   * @param {number} [time]
   */
  begin(from, to, time = TIME) {
    this.way = { from, to, begun: performance.now(), time: STILL.matches ? 0 : time }
  }

  stop() {
    this.way = null
  }

  /** Where it ends, or would. */
  get goal() {
    return this.way?.to ?? null
  }

  /**
   * @param {number} now
   * @returns {Sight | null} None where nothing is on its way.
   */
  at(now) {
    if (!this.way) return null
    const { from, to, begun, time } = this.way
    const share = time ? Math.min(1, Math.max(0, (now - begun) / time)) : 1
    if (share >= 1) this.stop()
    return between(from, to, eased(share))
  }
}

/** @param {number} share */
function eased(share) {
  return 1 - (1 - share) ** 3
}
