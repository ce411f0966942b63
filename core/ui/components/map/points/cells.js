// The points of a map in an order in which what is to be drawn, or looked at, lies together: by level, the first of
// which is an even sample of all, and within each by the cell of a grid.
//
// A *point* is a number of the server's; its *place* is where it lies here.

/** @import { Bounds } from "../types.d.ts" */

const MAX_SIDE = 64 // cells
const MEAN = 48 // points in a cell
const FEW = 20_000 // points, which are one level

export class Cells {
  /**
   * @param {Float32Array} xy x and y of each point, of which the first are an even sample of all.
   * @param {Bounds} bounds
   */
  constructor(xy, bounds) {
    this.count = xy.length / 2
    this.side = Math.max(1, Math.min(MAX_SIDE, Math.ceil(Math.sqrt(this.count / MEAN))))
    this.bounds = bounds
    this.ends = levels(this.count)
    this.points = new Uint32Array(this.count) // by place
    this.places = new Uint32Array(this.count) // by point
    this.xy = new Float32Array(xy.length) // by place
    this.starts = this.ends.map((end, level) => this.sort(xy, level ? this.ends[level - 1] : 0, end))
  }

  /**
   * @param {Float32Array} xy
   * @param {number} begin Of a level.
   * @param {number} end
   * @returns {Uint32Array} Where each cell begins.
   */
  sort(xy, begin, end) {
    const { side } = this
    const starts = new Uint32Array(side * side + 1)
    const cells = new Uint16Array(end - begin)
    for (let point = begin; point < end; point++) {
      const cell = this.row(xy[2 * point + 1]) * side + this.column(xy[2 * point])
      cells[point - begin] = cell
      starts[cell + 1]++
    }
    starts[0] = begin
    for (let cell = 0; cell < side * side; cell++) starts[cell + 1] += starts[cell]
    const next = starts.slice()
    for (let point = begin; point < end; point++) {
      const place = next[cells[point - begin]]++
      this.points[place] = point
      this.places[point] = place
      this.xy[2 * place] = xy[2 * point]
      this.xy[2 * place + 1] = xy[2 * point + 1]
    }
    return starts
  }

  /** @param {number} x */
  column(x) {
    return this.step(x - this.bounds[0], this.bounds[2] - this.bounds[0])
  }

  /** @param {number} y */
  row(y) {
    return this.step(y - this.bounds[1], this.bounds[3] - this.bounds[1])
  }

  /**
   * @param {number} from
   * @param {number} whole
   */
  step(from, whole) {
    return whole > 0 ? Math.min(this.side - 1, Math.max(0, Math.floor((from / whole) * this.side))) : 0
  }

  /**
   * Where all places lie whose cells touch a part of the map, as beginnings and ends; more may lie there.
   * @param {Bounds} bounds
   * @param {number} [depth] How many levels.
   * @returns {[begin: number, end: number][]}
   */
  ranges([x0, y0, x1, y1], depth = this.ends.length) {
    const [b0, c0, b1, c1] = this.bounds
    if (x1 < b0 || x0 > b1 || y1 < c0 || y0 > c1) return []
    const [left, right] = [this.column(x0), this.column(x1)]
    /** @type {[number, number][]} */
    const found = []
    for (const starts of this.starts.slice(0, depth)) {
      for (let row = this.row(y0); row <= this.row(y1); row++) {
        const [begin, end] = [starts[row * this.side + left], starts[row * this.side + right + 1]]
        const last = found.at(-1)
        if (last && last[1] === begin) last[1] = end
        else if (end > begin) found.push([begin, end])
      }
    }
    return found
  }

  /**
   * @param {Bounds} bounds
   * @param {(place: number, x: number, y: number) => void} visit Called for each place within.
   */
  within(bounds, visit) {
    const [x0, y0, x1, y1] = bounds
    const { xy } = this
    for (const [begin, end] of this.ranges(bounds)) {
      for (let place = begin; place < end; place++) {
        const [x, y] = [xy[2 * place], xy[2 * place + 1]]
        if (x >= x0 && x <= x1 && y >= y0 && y <= y1) visit(place, x, y)
      }
    }
  }

  /**
   * The place nearest to one of the map.
   * @param {number} x
   * @param {number} y
   * @param {number} radius
   * @param {(place: number) => boolean} [counts]
   * @returns {number} −1 where there is none within the radius.
   */
  nearest(x, y, radius, counts = () => true) {
    let [best, least] = [-1, radius * radius]
    this.within([x - radius, y - radius, x + radius, y + radius], (place, px, py) => {
      const distance = (px - x) ** 2 + (py - y) ** 2
      if (distance <= least && counts(place)) [best, least] = [place, distance]
    })
    return best
  }
}

/**
 * How many are drawn at least, with each level: a sixty-fourth, a sixteenth, a fourth, all.
 * @param {number} count
 */
export function levels(count) {
  if (count <= FEW) return [count]
  return [64, 16, 4, 1].map(share => Math.ceil(count / share))
}
