// How much of two pictures differs.

import { matrix } from "./geometry.js"

/** @import { Transform } from "./types.d.ts" */

const SIDE = 256 // pixels at which they are compared: what is finer is noise of the format
const SEEN = 24 // of 255 in one colour: less is not seen beside each other

/**
 * The share of the area in which they differ so that it is seen; null where it cannot be told.
 * @param {HTMLImageElement} first
 * @param {HTMLImageElement} second
 * @param {Transform} transform
 */
export function difference(first, second, transform) {
  const one = drawn(first, [1, 0, 0, 1, 0, 0])
  const other = drawn(second, matrix(transform, { width: SIDE, height: SIDE }))
  return one && other ? differing(one, other) : null
}

/**
 * @param {HTMLImageElement} image
 * @param {number[]} placing
 */
function drawn(image, placing) {
  const canvas = new OffscreenCanvas(SIDE, SIDE)
  const context = canvas.getContext("2d", { willReadFrequently: true })
  if (!context || !image.naturalWidth) return null
  const [a, b, c, d, e, f] = placing
  context.setTransform(a, b, c, d, e, f)
  context.imageSmoothingQuality = "high"
  context.drawImage(image, 0, 0, SIDE, SIDE)
  return context.getImageData(0, 0, SIDE, SIDE).data
}

/**
 * Only where both are; null where that is nowhere.
 * @param {ArrayLike<number>} one Red, green, blue and opacity of each pixel, from 0 to 255.
 * @param {ArrayLike<number>} other
 */
export function differing(one, other) {
  let [both, seen] = [0, 0]
  for (let at = 0; at < one.length; at += 4) {
    if (one[at + 3] < 255 || other[at + 3] < 255) continue
    both += 1
    if (differs(one, other, at) || differs(one, other, at + 1) || differs(one, other, at + 2)) seen += 1
  }
  return both ? seen / both : null
}

/**
 * @param {ArrayLike<number>} one
 * @param {ArrayLike<number>} other
 * @param {number} at
 */
function differs(one, other, at) {
  return Math.abs(one[at] - other[at]) > SEEN
}

/** @param {number | null} share */
export function inWords(share) {
  if (share === null) return ""
  if (share === 0) return "No difference that can be seen."
  const percent = 100 * share
  return `They differ in ${percent < 1 ? "less than 1" : Math.round(percent)} % of the area.`
}
