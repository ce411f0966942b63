// What is drawn of the points, frame by frame: while the map moves as many as there is time for; when it rests all of
// them, where they are too many for one frame aside and over several.

import { denser, look } from "./detail.js"

/** @import { Camera } from "../view/camera.js" */
/** @import { Pace } from "./detail.js" */
/** @import { PointRenderer } from "./renderer.js" */
/** @import { Cells } from "./cells.js" */
/** @import { Layer, Tones } from "../types.d.ts" */

const AT_REST = 1.5 // times as many as while it moves
const LIT_LARGER = 1.5 // pixels
const CHOSEN_LARGER = 2.5
const DIMMED = { tone: 0.72, alpha: 0.5 }

/** @typedef {[begin: number, end: number]} Range */

export class Scene {
  /** @type {Cells | null} */
  cells = null
  /** @type {Tones} */
  tones = { faded: [0.5, 0.5, 0.5], paper: [1, 1, 1], accent: [0, 0, 1] }
  lit = 0 // how many are lit
  chosen = 0
  isDimmed = false
  drawn = 0 // points, in the last frame
  /** @type {Range[] | null} */
  waiting = null // what is to be drawn aside yet

  /**
   * @param {PointRenderer} renderer
   * @param {Pace} pace
   */
  constructor(renderer, pace) {
    this.renderer = renderer
    this.pace = pace
  }

  /** @param {Cells} cells */
  begin(cells) {
    this.cells = cells
    this.renderer.send("places", cells.xy)
  }

  /**
   * Those that stand out: the others are dimmed as long as there are any, or a search has none.
   * @param {"lit" | "chosen"} which
   * @param {Uint32Array | null} places
   */
  light(which, places) {
    this[which] = places?.length ?? 0
    if (which === "lit") this.isDimmed = places !== null
    this.renderer.send(which, places ?? new Uint32Array(0))
  }

  /**
   * @param {Camera} camera
   * @param {boolean} moves
   * @returns {boolean} Whether there is more to be drawn of it.
   */
  draw(camera, moves) {
    const { renderer, cells } = this
    if (!cells || !renderer.works) return false
    const all = cells.ranges(camera.seen(8))
    const total = sum(all)
    const budget = Math.floor(this.pace.budget)
    const own = this.look(camera)
    if (!moves && total > AT_REST * budget) return this.drawAside(camera, all, own, budget)
    this.waiting = null
    renderer.turn(false)
    renderer.clear()
    const ranges = moves ? this.sampled(camera, budget, all) : all
    this.drawn = sum(ranges)
    const fitting = this.drawn < total ? denser(own, this.drawn / total) : own
    renderer.draw(camera, this.base(fitting), ranges)
    this.drawOver(camera, own, moves ? budget : Infinity)
    return false
  }

  /**
   * The first levels, as far as they are no more than fit in a frame.
   * @param {Camera} camera
   * @param {number} budget
   * @param {Range[]} all
   */
  sampled(camera, budget, all) {
    const { cells } = this
    if (!cells || sum(all) <= budget) return all
    let best = cells.ranges(camera.seen(8), 1)
    for (let depth = 2; depth < cells.ends.length; depth++) {
      const ranges = cells.ranges(camera.seen(8), depth)
      if (sum(ranges) > budget) break
      best = ranges
    }
    return best
  }

  /**
   * @param {Camera} camera
   * @param {Range[]} all
   * @param {{ size: number, alpha: number }} own
   * @param {number} budget
   */
  drawAside(camera, all, own, budget) {
    const { renderer } = this
    renderer.turn(true)
    if (!this.waiting) {
      this.waiting = sliced(all, budget)
      renderer.clear()
    }
    let left = budget
    while (this.waiting.length && left > 0) {
      const range = /** @type {Range} */ (this.waiting.shift())
      renderer.draw(camera, this.base(own), [range])
      left -= range[1] - range[0]
    }
    this.drawn = budget - left
    const isDone = !this.waiting.length
    if (isDone) {
      this.drawOver(camera, own, Infinity)
      renderer.reveal()
      this.waiting = null
    }
    renderer.turn(false)
    return !isDone
  }

  /** Begin again with what is drawn over several frames. */
  restart() {
    this.waiting = null
  }

  /** @param {Camera} camera */
  look(camera) {
    const [x0, y0, x1, y1] = camera.bounds
    return look(camera.scale, (x1 - x0) * (y1 - y0), camera.count)
  }

  /**
   * @param {{ size: number, alpha: number }} own
   * @returns {Layer}
   */
  base({ size, alpha }) {
    const { faded } = this.tones
    const isDimmed = this.isDimmed || this.chosen > 0
    const [tone, faint] = isDimmed ? [DIMMED.tone, DIMMED.alpha] : [0, 1]
    return { which: "all", size, alpha: alpha * faint, tone: [...faded, tone], ring: [0, 0, 0, 0] }
  }

  /**
   * @param {Camera} camera
   * @param {{ size: number }} own
   * @param {number} most Of each.
   */
  drawOver(camera, { size }, most) {
    const { paper, accent } = this.tones
    /** @type {Layer} */
    const lit = { which: "lit", size: size + LIT_LARGER, alpha: 0.95, tone: [0, 0, 0, 0], ring: [...paper, size > 4 ? 0.7 : 0] }
    /** @type {Layer} */
    const chosen = { ...lit, which: "chosen", size: size + CHOSEN_LARGER, ring: [...accent, size > 2.5 ? 1 : 0] }
    for (const [layer, count] of /** @type {const} */ ([[lit, this.lit], [chosen, this.chosen]])) {
      if (count) this.renderer.draw(camera, layer, [[0, Math.min(count, most)]])
    }
  }
}

/** @param {Range[]} ranges */
function sum(ranges) {
  return ranges.reduce((total, [begin, end]) => total + end - begin, 0)
}

/**
 * The same in pieces of which none is longer.
 * @param {Range[]} ranges
 * @param {number} most
 * @returns {Range[]}
 */
export function sliced(ranges, most) {
  return ranges.flatMap(([begin, end]) =>
    Array.from({ length: Math.ceil((end - begin) / most) }, (_, at) => /** @type {Range} */ ([
      begin + at * most,
      Math.min(end, begin + (at + 1) * most),
    ])),
  )
}
