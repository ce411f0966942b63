// The colours of points: of values, chosen as far apart from one another as can be for those too who have no cones for
// red or for green (at least 25 in CIELAB), and of numbers, from one end of viridis to the other, whose far end stands out from the page.

/** @import { Rgb } from "../types.d.ts" */

const SHADES = 256
export const NONE = 0 // the shade of what has no value
export const OTHER = 255 // of values that are not in the legend
const FIRST_NUMBER = 1
const LAST_NUMBER = 254

const VALUES = {
  light: ["#0077ee", "#dd3366", "#2299aa", "#775500", "#771188", "#999900", "#1199dd", "#990000", "#779966", "#880044"],
  dark: ["#44aaff", "#ccbb44", "#bb2255", "#99dd99", "#aa6655", "#55ddff", "#0066cc", "#44bbaa", "#1188aa", "#666600"],
}
const VIRIDIS = ["#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725"].map(rgb)
const ENDS = { light: [0.9, 0], dark: [0.18, 1] } // of viridis: what lies beyond is too near to the page
const SHIFTS = [0, 0.38, -0.3] // what the colours are mixed with when all are used: towards the text, and away from it

/**
 * @param {string} hex
 * @returns {Rgb}
 */
export function rgb(hex) {
  const number = parseInt(hex.slice(1), 16)
  return [number >> 16, (number >> 8) & 255, number & 255]
}

/** @param {Rgb} colour */
export function css([red, green, blue]) {
  return `rgb(${red} ${green} ${blue})`
}

/**
 * @param {Rgb} from
 * @param {Rgb} to
 * @param {number} share
 * @returns {Rgb}
 */
export function mixed(from, to, share) {
  const at = (/** @type {0 | 1 | 2} */ part) => Math.round(from[part] + (to[part] - from[part]) * share)
  return [at(0), at(1), at(2)]
}

/**
 * Of a value in its place of the legend.
 * @param {number} at From 0.
 * @param {boolean} isDark Whether the page is.
 * @returns {Rgb}
 */
export function valueColour(at, isDark) {
  const own = VALUES[isDark ? "dark" : "light"]
  const shift = SHIFTS[Math.floor(at / own.length) % SHIFTS.length]
  return mixed(rgb(own[at % own.length]), shift > 0 ? [255, 255, 255] : [0, 0, 0], Math.abs(shift))
}

/**
 * Of a number by its share of the way from the lowest to the highest.
 * @param {number} share
 * @param {boolean} isDark
 * @returns {Rgb}
 */
export function numberColour(share, isDark) {
  const [low, high] = ENDS[isDark ? "dark" : "light"]
  const at = (low + (high - low) * Math.min(1, Math.max(0, share))) * (VIRIDIS.length - 1)
  const before = Math.min(VIRIDIS.length - 2, Math.floor(at))
  return mixed(VIRIDIS[before], VIRIDIS[before + 1], at - before)
}

/**
 * The shade of each number.
 * @param {ArrayLike<number>} numbers NaN where it is not known.
 * @param {number} low
 * @param {number} high
 */
export function numberShades(numbers, low, high) {
  const steps = LAST_NUMBER - FIRST_NUMBER
  const width = high > low ? high - low : 1
  return Uint8Array.from(numbers, number =>
    Number.isNaN(number) ? NONE : FIRST_NUMBER + Math.round(steps * Math.min(1, Math.max(0, (number - low) / width))),
  )
}

/**
 * All shades: red, green, blue, and whether it is shown.
 * @param {"category" | "number"} kind
 * @param {{ isDark: boolean, other: Rgb, none: Rgb, isShown: (shade: number) => boolean }} how
 */
export function shades(kind, { isDark, other, none, isShown }) {
  const colours = new Uint8Array(4 * SHADES)
  for (let shade = 0; shade < SHADES; shade++) {
    const beside = shade === NONE ? none : shade === OTHER && kind === "category" ? other : null
    const number = (shade - FIRST_NUMBER) / (LAST_NUMBER - FIRST_NUMBER)
    const own = () => (kind === "number" ? numberColour(number, isDark) : valueColour(shade - 1, isDark))
    colours.set([...(beside ?? own()), isShown(shade) ? 255 : 0], 4 * shade)
  }
  return colours
}
