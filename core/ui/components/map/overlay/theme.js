// The page's colours and letters, as a canvas takes them.

/** @import { Rgb } from "../types.d.ts" */
/** @typedef {{ text: Rgb, paper: Rgb, accent: Rgb, isDark: boolean, font: string }} Theme */

/**
 * @param {HTMLElement} root
 * @returns {Theme}
 */
export function themeOf(root) {
  const style = getComputedStyle(root)
  const [text, paper, accent] = ["color", "backgroundColor", "caretColor"].map(name =>
    parsed(style[/** @type {"color"} */ (name)]),
  )
  return { text, paper, accent, isDark: lightness(paper) < 0.5, font: style.fontFamily }
}

/**
 * As computed styles have it: `rgb(1, 2, 3)`, `color(srgb 0.1 0.2 0.3)`.
 * @param {string} colour
 * @returns {Rgb}
 */
export function parsed(colour) {
  const numbers = (colour.replace(/^\w+\(srgb/, "").match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number)
  const scale = colour.startsWith("color(") ? 255 : 1
  const [red = 0, green = 0, blue = 0] = numbers.map(number => Math.round(number * scale))
  return [red, green, blue]
}

/** @param {Rgb} colour */
function lightness([red, green, blue]) {
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255
}
