// A choice of the visitor's that the browser keeps and no run of the page knows of. All components of a page share one:
// they import the same module.

import { remember, remembered } from "./base.js"

/** @template {boolean | string | number} Value */
class Setting {
  /** @type {Set<() => void>} */
  listeners = new Set()

  /**
   * @param {string} name
   * @param {Value} usual Where nothing was chosen, or something that this version does not know.
   * @param {(value: unknown) => value is Value} knows
   */
  constructor(name, usual, knows) {
    this.name = name
    const kept = remembered(name)
    this.value = knows(kept) ? kept : usual
  }

  /** @param {Value} value */
  set(value) {
    if (value === this.value) return
    this.value = value
    remember(this.name, value)
    for (const listener of this.listeners) listener()
  }

  /**
   * Called with each change from now on, until the signal.
   * @param {() => void} listener
   * @param {AbortSignal} signal
   */
  listen(listener, signal) {
    this.listeners.add(listener)
    signal.addEventListener("abort", () => this.listeners.delete(listener))
  }
}

/**
 * @param {unknown} value
 * @returns {value is boolean}
 */
function isBoolean(value) {
  return typeof value === "boolean"
}

/** Whether the boxes of labels are drawn on tiles: chosen among the view options, shown by the gallery. */
export const boxesOnTiles = new Setting("boxes-on-tiles", true, isBoolean)
