// How two pictures are compared, and how much of it: beside each other, or over each other by degrees.

import { finder, part, parts } from "../shared/base.js"

/** @import { Way } from "./types.d.ts" */
/** @typedef {Exclude<Way, "beside">} Layered */

/** @type {Map<string, Way>} */
const KEYS = new Map([["s", "beside"], ["w", "swipe"], ["b", "blend"], ["d", "difference"]])
/** @type {Record<Layered, string>} */
const AMOUNTS = { swipe: "Divider", blend: "Second picture", difference: "Strength" }
const STRONGEST = 8 // times that a difference is made brighter

export class Ways {
  /** @type {Way} */
  way = "beside"
  /** @type {Record<Layered, number>} */
  amounts = { swipe: 50, blend: 50, difference: 50 } // from 0 to 100

  /**
   * @param {HTMLElement} dialog
   * @param {() => void} changed
   */
  constructor(dialog, changed) {
    this.find = finder(dialog)
    this.changed = changed
    this.panes = this.find(".panes")
    this.radios = parts(dialog, "[name=way]", HTMLInputElement)
    this.slider = this.find(".amount input", HTMLInputElement)
    this.slider.oninput = () => this.measure(Number(this.slider.value))
    for (const radio of this.radios) radio.onchange = () => this.set(/** @type {Way} */ (radio.value))
    this.listenTo(this.find(".seam"))
  }

  /**
   * The line between both can be dragged.
   * @param {HTMLElement} seam
   */
  listenTo(seam) {
    seam.onpointerdown = event => seam.setPointerCapture(event.pointerId)
    seam.onpointermove = event => {
      if (!seam.hasPointerCapture(event.pointerId)) return
      const { left, width } = this.panes.getBoundingClientRect()
      this.slider.value = String((100 * (event.clientX - left)) / width)
      this.measure(Number(this.slider.value))
    }
  }

  /** Whether the second lies over the first. */
  get layered() {
    return this.way !== "beside"
  }

  /** @param {Way} way */
  set(way) {
    this.way = way
    this.panes.dataset.way = way
    for (const radio of this.radios) radio.checked = radio.value === way
    const amount = this.find(".amount")
    amount.hidden = way === "beside"
    if (way !== "beside") {
      part(amount, "span").textContent = AMOUNTS[way]
      this.slider.value = String(this.amounts[way])
      this.measure(this.amounts[way])
    }
    this.changed()
  }

  /** @param {number} amount From 0 to 100. */
  measure(amount) {
    if (this.way === "beside") return
    this.amounts[this.way] = amount
    this.panes.style.setProperty("--amount", String(amount / 100))
    this.panes.style.setProperty("--times", String(STRONGEST ** (amount / 100)))
    this.slider.setAttribute("aria-valuetext", `${Math.round(amount)} %`)
  }

  /**
   * Whether the key means something here.
   * @param {string} key
   */
  onKey(key) {
    const way = KEYS.get(key.toLowerCase())
    if (way) this.set(way)
    return Boolean(way)
  }
}
