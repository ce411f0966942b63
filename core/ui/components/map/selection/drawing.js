// A box or a line by hand while it is drawn, in pixels; what comes of it is told in the units of the map.

import { boxOf } from "./shapes.js"

/** @import { Camera } from "../view/camera.js" */
/** @import { Pair, Place, Shape } from "../types.d.ts" */

const STEP = 3 // pixels between corners of a line
const MAX_CORNERS = 5000
const SMALLEST = 6 // pixels: less was a click

export class Drawing {
  /**
   * @param {"box" | "lasso"} kind
   * @param {Camera} camera
   * @param {Place} at
   */
  constructor(kind, camera, at) {
    this.kind = kind
    this.camera = camera
    /** On the map, so that it stays where it is when the map moves. @type {Pair[]} */
    this.pairs = [this.pair(at)]
    this.last = at
    this.far = 0 // pixels, from where it was begun
    this.begun = at
  }

  /**
   * @param {Place} at
   * @returns {Pair}
   */
  pair(at) {
    const { x, y } = this.camera.toMap(at.x, at.y)
    return [x, y]
  }

  /** @param {Place} at */
  move(at) {
    this.far = Math.max(this.far, Math.hypot(at.x - this.begun.x, at.y - this.begun.y))
    if (this.kind === "box") this.pairs[1] = this.pair(at)
    else if (Math.hypot(at.x - this.last.x, at.y - this.last.y) >= STEP && this.pairs.length < MAX_CORNERS) {
      this.pairs.push(this.pair(at))
      this.last = at
    }
  }

  /** What was drawn; null where it was no more than a click. @returns {Shape | null} */
  get shape() {
    if (this.far < SMALLEST) return null
    if (this.kind === "box") return { box: boxOf(this.pairs[0], this.pairs[1]) }
    return this.pairs.length > 2 ? { lasso: this.pairs } : null
  }

  /** Its corners, as they are drawn. */
  get outline() {
    if (this.kind === "lasso") return this.pairs
    const [[x0, y0], [x1, y1] = [x0, y0]] = this.pairs
    return /** @type {Pair[]} */ ([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
  }
}
