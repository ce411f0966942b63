// Where the map is looked at from: the place in the middle, and how many pixels a unit of the map takes.

/** @import { Bounds, Place, Sight } from "../types.d.ts" */

const MARGIN = 0.06 // of the window, around what is fitted in
const FARTHEST = 0.6 // of the scale at which all is seen
const MIN_CLOSEST = 48 // times that scale

export class Camera {
  x = 0
  y = 0
  scale = 1
  width = 1
  height = 1
  aside = 0 // pixels on the left that something lies on: what is fitted in is seen beside it
  /** @type {Bounds} */
  bounds = [-1, -1, 1, 1]
  count = 0 // of points: among many one goes closer

  /**
   * @param {Bounds} bounds
   * @param {number} count
   */
  begin(bounds, count) {
    this.bounds = bounds
    this.count = count
  }

  /**
   * @param {number} width Pixels, of CSS.
   * @param {number} height
   */
  resize(width, height) {
    this.width = Math.max(1, width)
    this.height = Math.max(1, height)
  }

  /** @returns {Sight} */
  get sight() {
    return { x: this.x, y: this.y, scale: this.scale }
  }

  /** @param {Sight} sight */
  look({ x, y, scale }) {
    const all = this.fitted(this.bounds).scale
    const [x0, y0, x1, y1] = this.bounds
    this.scale = clamp(scale, all * FARTHEST, all * Math.max(MIN_CLOSEST, 1.5 * Math.sqrt(this.count)))
    this.x = clamp(x, x0 - this.aside / this.scale, x1)
    this.y = clamp(y, y0, y1)
  }

  /**
   * From where all of it is seen.
   * @param {Bounds} bounds
   * @returns {Sight}
   */
  fitted([x0, y0, x1, y1]) {
    const [wide, high] = [Math.max(x1 - x0, 1e-6), Math.max(y1 - y0, 1e-6)]
    const scale = (1 - 2 * MARGIN) * Math.min((this.width - this.aside) / wide, this.height / high)
    return { x: (x0 + x1 - this.aside / scale) / 2, y: (y0 + y1) / 2, scale }
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {Place} Pixels.
   */
  toScreen(x, y) {
    return { x: (x - this.x) * this.scale + this.width / 2, y: (this.y - y) * this.scale + this.height / 2 }
  }

  /**
   * @param {number} x Pixels.
   * @param {number} y
   * @returns {Place}
   */
  toMap(x, y) {
    return { x: this.x + (x - this.width / 2) / this.scale, y: this.y - (y - this.height / 2) / this.scale }
  }

  /**
   * The place that was under `from` is under `to`, and the scale another.
   * @param {Place} from Pixels.
   * @param {Place} to
   * @param {number} [factor]
   * @returns {Sight}
   */
  moved(from, to, factor = 1) {
    const held = this.toMap(from.x, from.y)
    const all = this.fitted(this.bounds).scale
    const scale = clamp(this.scale * factor, all * FARTHEST, all * Math.max(MIN_CLOSEST, 1.5 * Math.sqrt(this.count)))
    return { x: held.x - (to.x - this.width / 2) / scale, y: held.y + (to.y - this.height / 2) / scale, scale }
  }

  /**
   * What is seen of the map.
   * @param {number} [around] Pixels that are added on each side.
   * @returns {Bounds}
   */
  seen(around = 0) {
    const [wide, high] = [(this.width / 2 + around) / this.scale, (this.height / 2 + around) / this.scale]
    return [this.x - wide, this.y - high, this.x + wide, this.y + high]
  }
}

/**
 * On the way from one sight to another, at a share of the way: what moves on the screen moves evenly.
 * @param {Sight} from
 * @param {Sight} to
 * @param {number} share
 * @returns {Sight}
 */
export function between(from, to, share) {
  if (share >= 1) return to
  const scale = from.scale * (to.scale / from.scale) ** share
  const [first, last] = [1 / from.scale, 1 / to.scale]
  const way = Math.abs(last - first) < 1e-9 * first ? share : (1 / scale - first) / (last - first)
  return { x: from.x + (to.x - from.x) * way, y: from.y + (to.y - from.y) * way, scale }
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value))
}
