// How much a part of a query counts, and whether towards it or away from it, as a number.

export const [MIN_WEIGHT, MAX_WEIGHT] = [-1, 2]
const WEIGHT_STEP = 0.1
export const EXCLUDED = { words: -1, image: -0.5 } // at -1 a picture would push away what it shares with the other parts
export const WEIGHT_KEYS = new Map([["ArrowUp", 1], ["ArrowRight", 1], ["ArrowDown", -1], ["ArrowLeft", -1]])

/** @param {number} weight */
export function hundredths(weight) {
  return Math.round(Math.min(MAX_WEIGHT, Math.max(MIN_WEIGHT, weight)) * 100) / 100
}

/**
 * A weight of zero would be a part that does nothing: it stays on the side that it comes from.
 * @param {number} weight
 * @param {number} before
 */
export function nonzero(weight, before) {
  return hundredths(weight) || Math.sign(before) * WEIGHT_STEP
}

/**
 * @param {number} weight
 * @param {number} direction 1 or -1.
 */
export function stepped(weight, direction) {
  return hundredths(weight + direction * WEIGHT_STEP) || direction * WEIGHT_STEP
}

/** @param {number} weight */
export function weightText(weight) {
  const tenths = Math.round(weight * 10) / 10
  return weight.toFixed(tenths === weight ? 1 : 2).replace("-", "−")
}
