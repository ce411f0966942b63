// Where two pictures lie in panes of one size, so that both show the same part.

/** @import { Place, Point, Sides, Transform, View } from "./types.d.ts" */

/** @type {View} */
export const WHOLE = { scale: 1, x: 0.5, y: 0.5 }
/** @type {Transform} */
export const SAME = [1, 0, 0, 0, 1, 0]
const MAGNIFIED = 8 // pixels of the screen for one of the picture, at most
const LEAST_ROOM = 8 // times the size that fits, which small pictures can always be enlarged to

/**
 * As large as it fits.
 * @param {Sides} pane
 * @param {number} ratio Width over height.
 * @returns {Sides}
 */
export function contained({ width, height }, ratio) {
  const across = Math.min(width, height * ratio)
  return { width: across, height: across / ratio }
}

/**
 * @param {Sides} pane
 * @param {number} ratio
 * @param {View} view
 * @returns {Place}
 */
export function placed(pane, ratio, { scale, x, y }) {
  const fit = contained(pane, ratio)
  const [width, height] = [fit.width * scale, fit.height * scale]
  return { left: pane.width / 2 - x * width, top: pane.height / 2 - y * height, width, height }
}

/**
 * The nearest view that leaves no room free which the picture could fill.
 * @param {View} view
 * @param {Sides} pane
 * @param {number} ratio
 * @param {number} most
 * @returns {View}
 */
export function clamped({ scale, x, y }, pane, ratio, most) {
  const times = bounded(scale, 1, most)
  const fit = contained(pane, ratio)
  const within = (/** @type {number} */ at, /** @type {number} */ room, /** @type {number} */ side) => {
    const half = room / (2 * side * times)
    return half >= 0.5 || !Number.isFinite(half) ? 0.5 : bounded(at, half, 1 - half)
  }
  return { scale: times, x: within(x, pane.width, fit.width), y: within(y, pane.height, fit.height) }
}

/**
 * What is at the point stays there.
 * @param {View} view
 * @param {number} factor
 * @param {Point} point
 * @param {Sides} pane
 * @param {number} ratio
 * @param {number} most
 */
export function zoomed(view, factor, point, pane, ratio, most) {
  const before = placed(pane, ratio, view)
  const scale = bounded(view.scale * factor, 1, most)
  const [width, height] = [before.width, before.height].map(side => (side / view.scale) * scale)
  const x = (point.x - before.left) / before.width - (point.x - pane.width / 2) / width
  const y = (point.y - before.top) / before.height - (point.y - pane.height / 2) / height
  return clamped({ scale, x, y }, pane, ratio, most)
}

/**
 * @param {View} view
 * @param {Point} by How far the picture is moved, in pixels.
 * @param {Sides} pane
 * @param {number} ratio
 * @param {number} most
 */
export function panned(view, by, pane, ratio, most) {
  const { width, height } = placed(pane, ratio, view)
  return clamped({ ...view, x: view.x - by.x / width, y: view.y - by.y / height }, pane, ratio, most)
}

/**
 * How far one can zoom in, in times of what fits.
 * @param {Sides} pane
 * @param {Sides} own Its own sides.
 */
export function largest(pane, { width, height }) {
  if (!width || !height) return LEAST_ROOM
  return Math.max(LEAST_ROOM, (MAGNIFIED * width) / contained(pane, width / height).width)
}

/**
 * As CSS takes it, for the second picture drawn as large as the first.
 * @param {Transform} transform
 * @param {Sides} first Of the first, as it is drawn.
 */
export function matrix([a, b, c, d, e, f], { width, height }) {
  return [a, (d * height) / width, (b * width) / height, e, c * width, f * height]
}

/**
 * Whether it only lies over the first, as it is.
 * @param {Transform | null} transform
 */
export function isSame(transform) {
  return !transform || transform.every((value, at) => Math.abs(value - SAME[at]) < 0.01)
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
export function bounded(value, least, most) {
  return Math.max(least, Math.min(value, most))
}
