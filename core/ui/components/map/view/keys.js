// What keys do on the map.

/** @import { Mode } from "../types.d.ts" */
/**
 * @typedef {{
 *   pan: (x: number, y: number) => void,
 *   step: (x: number, y: number) => void,
 *   zoom: (factor: number) => void,
 *   fit: () => void,
 *   mode: (mode: Mode) => void,
 *   open: () => void,
 *   all: () => void,
 *   leave: () => void,
 * }} KeyHandlers `pan`: in steps; `step`: to the next picture that way.
 */

/** @type {Map<string, [x: number, y: number]>} */
const ARROWS = new Map([["ArrowLeft", [-1, 0]], ["ArrowRight", [1, 0]], ["ArrowUp", [0, -1]], ["ArrowDown", [0, 1]]])
const STEP = 1.5 // times as large, with each press

/**
 * @param {Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">} event
 * @param {KeyHandlers} handlers
 * @returns {boolean} Whether the key has done anything.
 */
export function pressed(event, handlers) {
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  const arrow = ARROWS.get(event.key)
  if (arrow) {
    if (event.shiftKey) handlers.step(...arrow)
    else handlers.pan(...arrow)
    return true
  }
  const does = others(handlers).get(event.key.toLowerCase())
  does?.()
  return does !== undefined
}

/**
 * @param {KeyHandlers} handlers
 * @returns {Map<string, () => void>}
 */
function others({ zoom, fit, mode, open, all, leave }) {
  return new Map(
    Object.entries({
      "+": () => zoom(STEP),
      "=": () => zoom(STEP), // the key of + without Shift
      "-": () => zoom(1 / STEP),
      _: () => zoom(1 / STEP),
      0: fit,
      m: () => mode("move"),
      b: () => mode("box"),
      l: () => mode("lasso"),
      a: all,
      enter: open,
      escape: leave,
    }),
  )
}
