// Parts of a picture, moved, resized and drawn. A region is [left, top, width, height] in shares of the picture's sides.

/** @import { Point, Region } from "../types.d.ts" */

/** @type {Region} */
export const WHOLE_IMAGE = [0, 0, 1, 1]
const SMALLEST_SIDE = 0.02

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export function bounded(value, low, high) {
  return Math.max(low, Math.min(high, value))
}

/** @param {Region} region */
export function isWhole([, , width, height]) {
  return width > 0.999 && height > 0.999
}

/**
 * @param {Region} region
 * @param {number} dx
 * @param {number} dy
 * @returns {Region}
 */
export function movedRegion([left, top, width, height], dx, dy) {
  return [bounded(left + dx, 0, 1 - width), bounded(top + dy, 0, 1 - height), width, height]
}

/**
 * The edges named ("n", "se") go to the point, the others stay.
 * @param {Region} region
 * @param {string} edges
 * @param {Point} point
 * @returns {Region}
 */
export function resizedRegion([left, top, width, height], edges, [x, y]) {
  const [right, bottom] = [left + width, top + height]
  const west = edges.includes("w") ? bounded(x, 0, right - SMALLEST_SIDE) : left
  const north = edges.includes("n") ? bounded(y, 0, bottom - SMALLEST_SIDE) : top
  const east = edges.includes("e") ? bounded(x, left + SMALLEST_SIDE, 1) : right
  const south = edges.includes("s") ? bounded(y, top + SMALLEST_SIDE, 1) : bottom
  return [west, north, east - west, south - north]
}

/**
 * @param {Point} from
 * @param {Point} to
 */
export function drawnRegion([x, y], [otherX, otherY]) {
  const [width, height] = [otherX - x, otherY - y].map(side => Math.max(SMALLEST_SIDE, Math.abs(side)))
  return movedRegion([Math.min(x, otherX), Math.min(y, otherY), width, height], 0, 0)
}
