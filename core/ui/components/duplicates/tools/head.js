// The head of the review: which kind of duplicates, from which similarity on, which groups.

import { element, finder, parts } from "../../shared/base.js"
import { fileSize } from "../../shared/format.js"
import { LEVEL_NAMES, LEVELS, similarity, STANDINGS } from "../words.js"

/** @import { Level, Listing, Standing, Summary } from "../types.d.ts" */

const MOVED = 150 // milliseconds that the slider rests before the list follows

export class ReviewHead {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  waiting

  /**
   * @param {HTMLElement} root
   * @param {(changed: Partial<Listing>) => void} change
   */
  constructor(root, change) {
    this.find = finder(root)
    this.change = change
    this.slider = this.find(".threshold input", HTMLInputElement)
    this.find(".levels").replaceChildren(...LEVEL_NAMES.map(level => this.tab(level)))
    this.find(".levels").onkeydown = event => this.onKey(event)
    this.find(".standings").replaceChildren(...Object.entries(STANDINGS).map(([name, text]) => this.standing(name, text)))
    this.slider.oninput = () => this.onSlide()
    this.find(".automatic").onclick = () => {
      change({ threshold: null })
      this.slider.focus() // the button that was pressed is gone
    }
  }

  close() {
    clearTimeout(this.waiting)
  }

  /** @param {Level} level */
  tab(level) {
    const tab = element("button", { type: "button", role: "tab", "data-level": level, title: LEVELS[level].hint })
    tab.append(element("b", {}, LEVELS[level].name), element("small"))
    tab.onclick = () => this.change({ level })
    return tab
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  standing(name, text) {
    const label = element("label")
    const radio = element("input", { type: "radio", class: "visually-hidden", name: "standing", value: name })
    radio.onchange = () => this.change({ standing: /** @type {Standing} */ (name) })
    label.append(radio, element("span", {}, text))
    return label
  }

  // Tabs are one stop; arrows go from one to the next, as people expect.
  onKey(/** @type {KeyboardEvent} */ event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (!by) return
    event.preventDefault()
    event.stopPropagation()
    const { tabs } = this
    const at = tabs.findIndex(tab => tab.getAttribute("aria-selected") === "true")
    const next = tabs[(at + by + tabs.length) % tabs.length]
    next.click()
    next.focus()
  }

  get tabs() {
    return parts(this.find(".levels"), "[role=tab]")
  }

  onSlide() {
    const threshold = Number(this.slider.value)
    this.paintThreshold(threshold, false)
    clearTimeout(this.waiting)
    this.waiting = setTimeout(() => {
      this.waiting = undefined
      this.change({ threshold })
    }, MOVED)
  }

  /**
   * @param {Listing} listing
   * @param {Summary} summary
   */
  show({ level, standing, threshold }, summary) {
    for (const tab of this.tabs) {
      const own = /** @type {Level} */ (tab.dataset.level)
      const { groups, gain } = summary.levels[own]
      tab.setAttribute("aria-selected", String(own === level))
      tab.tabIndex = own === level ? 0 : -1
      const counted = tab.querySelector("small")
      if (counted) counted.textContent = groups ? `${groups.toLocaleString("en")} · ${fileSize(gain)}` : "none"
    }
    for (const radio of parts(this.find(".standings"), "input", HTMLInputElement)) radio.checked = radio.value === standing
    this.find(".threshold").hidden = level !== "look-alike"
    this.find("#level-hint").textContent = LEVELS[level].hint
    if (this.waiting !== undefined) return // it is being moved
    this.slider.min = String(summary.floor)
    this.slider.max = "1"
    this.slider.value = String(threshold ?? summary.threshold)
    this.paintThreshold(threshold ?? summary.threshold, threshold === null)
  }

  /**
   * @param {number} threshold
   * @param {boolean} automatic
   */
  paintThreshold(threshold, automatic) {
    const shown = `${automatic ? "auto · " : ""}${similarity(threshold)}`
    this.find(".threshold output").textContent = shown
    this.slider.setAttribute("aria-valuetext", shown)
    this.find(".automatic").hidden = automatic
  }
}
