// The colours of a heat map.

/** @typedef {[red: number, green: number, blue: number, alpha: number]} Colour */

/** @type {[value: number, colour: Colour][]} */
const RAMP = [
  // from no match to the best in the picture: dark where it does not match, warm where it does
  [0, [13, 8, 45, 0.66]],
  [0.35, [84, 15, 110, 0.58]],
  [0.6, [188, 55, 84, 0.5]],
  [0.8, [249, 142, 9, 0.46]],
  [1, [252, 232, 120, 0.42]],
]

// From left to right, as CSS writes it.
export function gradient() {
  const stops = RAMP.map(([at, [red, green, blue]]) => `rgb(${red} ${green} ${blue}) ${at * 100}%`)
  return `linear-gradient(90deg, ${stops})`
}

/**
 * From 0 to 255 each, the opacity too.
 * @param {number} value From 0 to 1.
 */
export function colourAt(value) {
  const next = Math.max(1, RAMP.findIndex(([at]) => at >= value))
  const [[from, low], [to, high]] = [RAMP[next - 1], RAMP[next]]
  const share = (value - from) / (to - from)
  const [red, green, blue, alpha] = low.map((level, at) => level + (high[at] - level) * share)
  return [red, green, blue, alpha * 255]
}
