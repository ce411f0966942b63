// What is drawn around points: a box, or a line by hand that closes itself, and which points are in it. The server
// decides the same way what is chosen; here it shows at once.

/** @import { Bounds, Pair, Shape } from "../types.d.ts" */
/** @import { Cells } from "../points/cells.js" */

const BANDS = 128

/**
 * @param {Pair} from
 * @param {Pair} to
 * @returns {Bounds}
 */
export function boxOf([x0, y0], [x1, y1]) {
  return [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)]
}

/**
 * @param {Pair[]} pairs
 * @returns {Bounds}
 */
function boundsOf(pairs) {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of pairs) [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)]
  return [x0, y0, x1, y1]
}

// A line by hand, with its edges by the bands of height that they cross: each point is compared with a few of them.
export class Lasso {
  /** @param {Pair[]} pairs Its corners; the last is joined to the first. */
  constructor(pairs) {
    this.bounds = boundsOf(pairs)
    /** @type {[from: Pair, to: Pair][][]} */
    this.bands = Array.from({ length: BANDS }, () => [])
    for (const [at, to] of pairs.entries()) {
      const from = pairs[(at || pairs.length) - 1]
      if (from[1] === to[1]) continue // level: none is below and above
      const [low, high] = [this.band(Math.min(from[1], to[1])), this.band(Math.max(from[1], to[1]))]
      for (let band = low; band <= high; band++) this.bands[band].push([from, to])
    }
  }

  /** @param {number} y */
  band(y) {
    const [, y0, , y1] = this.bounds
    return y1 > y0 ? Math.min(BANDS - 1, Math.max(0, Math.floor(((y - y0) / (y1 - y0)) * BANDS))) : 0
  }

  /**
   * By the rule of even and odd: a line to the side of it crosses an odd number of edges.
   * @param {number} x
   * @param {number} y
   */
  contains(x, y) {
    const [x0, y0, x1, y1] = this.bounds
    if (x < x0 || x > x1 || y < y0 || y > y1) return false
    let inside = false
    for (const [[fromX, fromY], [toX, toY]] of this.bands[this.band(y)]) {
      if (fromY > y !== toY > y && x < ((toX - fromX) * (y - fromY)) / (toY - fromY) + fromX) inside = !inside
    }
    return inside
  }
}

/**
 * The places of the points in it.
 * @param {Cells} cells
 * @param {Shape} shape
 */
export function placesIn(cells, shape) {
  const lasso = "lasso" in shape ? new Lasso(shape.lasso) : null
  /** @type {number[]} */
  const found = []
  cells.within(lasso?.bounds ?? /** @type {{ box: Bounds }} */ (shape).box, (place, x, y) => {
    if (!lasso || lasso.contains(x, y)) found.push(place)
  })
  return Uint32Array.from(found)
}
