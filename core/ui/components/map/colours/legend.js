// What the colours stand for. A value can be hidden, or shown alone; what it stands for can be searched.

import { element, finder } from "../../shared/base.js"
import { fileSize } from "../../shared/format.js"
import { css, NONE, numberColour, OTHER } from "./palette.js"

/** @import { Colours } from "../types.d.ts" */
/** @import { Colouring } from "./colouring.js" */
/** @typedef {{ shade: number, value: string, count: number }} Entry */

const STOPS = 12

export class Legend {
  /**
   * @param {HTMLElement} box
   * @param {Colouring} colouring
   * @param {() => void} changed Called when a value was hidden or shown.
   */
  constructor(box, colouring, changed) {
    this.find = finder(box)
    this.box = box
    this.colouring = colouring
    this.changed = changed
    this.list = this.find(".values")
    this.list.onclick = event => this.onClick(event)
    this.find(".show-all").onclick = () => this.change(() => this.colouring.hidden.clear())
  }

  /** @param {boolean} isDark */
  show(isDark) {
    const { colours } = this.colouring
    this.box.hidden = !colours
    if (!colours) return
    this.find(".ramp").hidden = colours.kind !== "number"
    if (colours.kind === "number") this.ramp(colours, isDark)
    this.list.replaceChildren(...entries(colours).map(entry => this.entry(entry)))
    this.find(".show-all").hidden = !this.colouring.hidden.size
  }

  /**
   * @param {Extract<Colours, { kind: "number" }>} colours
   * @param {boolean} isDark
   */
  ramp({ by, low, high }, isDark) {
    const stops = Array.from({ length: STOPS + 1 }, (_, at) => css(numberColour(at / STOPS, isDark)))
    this.find(".ramp i").style.background = `linear-gradient(90deg, ${stops.join(", ")})`
    this.find(".ramp .low").textContent = said(by, low)
    this.find(".ramp .high").textContent = said(by, high)
  }

  /** @param {Entry} entry */
  entry({ shade, value, count }) {
    const isShown = !this.colouring.hidden.has(shade)
    const item = element("li")
    const button = element("button", { type: "button", "aria-pressed": isShown, "data-shade": shade, title: `${value}: show or hide` })
    const swatch = element("i", { "aria-hidden": true })
    swatch.style.background = this.colouring.css(shade)
    button.append(swatch, element("span", { class: "value" }, value), element("span", { class: "count" }, count.toLocaleString("en")))
    const alone = element("button", { type: "button", class: "alone", "data-shade": shade, "aria-label": `Only ${value}` }, "only")
    item.append(button, alone)
    return item
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const shade = shadeAt(event)
    const { colours } = this.colouring
    if (shade === null || !colours) return
    const isAlone = event.target instanceof Element && event.target.matches(".alone")
    const all = entries(colours).map(entry => entry.shade)
    this.change(() => (isAlone ? this.colouring.only(shade, all) : this.colouring.toggle(shade)))
  }

  /** @param {() => void} change */
  change(change) {
    const focused = this.list.getRootNode()
    const held = focused instanceof ShadowRoot && focused.activeElement instanceof HTMLElement ? focused.activeElement : null
    change()
    this.changed()
    if (!held?.dataset.shade || held.isConnected) return
    const again = this.list.querySelector(`${held.matches(".alone") ? ".alone" : ":not(.alone)"}[data-shade="${held.dataset.shade}"]`)
    if (again instanceof HTMLElement) again.focus() // the list was made anew
  }
}

/**
 * @param {Pick<Colours, "by" | "kind" | "legend" | "other" | "none">} colours
 * @returns {Entry[]}
 */
export function entries(colours) {
  const { legend, other, none } = colours
  const values = colours.kind === "category" ? legend.map(({ value, count }, at) => ({ shade: at + 1, value, count })) : []
  const rest = other ? [{ shade: OTHER, value: "Other", count: other }] : []
  const unknown = none ? [{ shade: NONE, value: colours.by === "strength" ? "Not a hit" : "None", count: none }] : []
  return [...values, ...rest, ...unknown]
}

/** @param {Event} event */
function shadeAt({ target }) {
  const found = target instanceof Element ? target.closest("li")?.querySelector("[data-shade]") : null
  return found instanceof HTMLElement ? Number(found.dataset.shade) : null
}

/**
 * A number as what it is.
 * @param {string} by
 * @param {number} number
 */
export function said(by, number) {
  if (by === "taken") return new Date(1000 * number).toISOString().slice(0, 10)
  if (by === "size") return fileSize(number)
  if (by === "strength") return number < 0.5 ? "weak" : "strong"
  return inShort(number)
}

/** @param {number} number */
function inShort(number) {
  const size = Math.abs(number)
  return number.toLocaleString("en", { maximumFractionDigits: size >= 100 ? 0 : size >= 10 ? 1 : 2 })
}
