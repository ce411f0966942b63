// The bar at the foot of the window while something is chosen.

import { closest, element, finder } from "../shared/base.js"
import { offered } from "./actions.js"
import { glyph } from "./glyph.js"

/** @import { Known, Routes, Search } from "./types.d.ts" */
/** @import { Selection } from "./selection.js" */
/** @typedef {{ name: string, label: string, short: string, icon: string, menu?: boolean }} BarChoice */

const WORDY = 970 // pixels: less has no room for all words

export class SelectionBar {
  /**
   * @param {HTMLElement} element
   * @param {Selection} selection
   * @param {{
   *   act: (action: string, items: Known[]) => void, tag: () => void, download: (anchor: HTMLElement) => void,
   *   compare: () => void,
   * }} handlers
   */
  constructor(element, selection, { act, tag, download, compare }) {
    this.element = element
    this.selection = selection
    this.act = act
    this.tag = tag
    this.download = download
    this.compare = compare
    this.find = finder(element)
    this.find(".choices").onclick = event => this.onClick(closest(event, "button"))
    this.find(".drop-selection").onclick = () => selection.clear()
  }

  /**
   * @param {Search | null} search
   * @param {Routes} routes
   */
  offer(search, routes) {
    /** @type {BarChoice[]} */
    const choices = [...offered(search), { name: "compare", label: "Compare these two (C)", short: "Compare", icon: "compare" }]
    if (routes.tags) choices.push({ name: "tag", label: "Tag…", short: "Tag", icon: "tag" })
    if (routes.exports) choices.push({ name: "download", label: "Download", short: "Download", icon: "download", menu: true })
    this.find(".choices").replaceChildren(...choices.map(choice => this.button(choice)))
    this.show()
  }

  /** @param {BarChoice} choice */
  button({ name, label, short, icon, menu = false }) {
    const title = name === "similar" ? "Find similar to these" : label
    const button = element("button", { type: "button", "data-action": name, title, "aria-label": title })
    if (menu) button.setAttribute("aria-haspopup", "menu")
    button.append(glyph(icon), element("span", {}, short))
    if (name === "similar") button.append(element("span", { class: "wide" }, title))
    if (menu) button.append(glyph("down"))
    return button
  }

  /** @param {HTMLElement | null} button */
  onClick(button) {
    const action = button?.dataset.action
    if (!button || !action) return
    if (action === "tag") this.tag()
    else if (action === "compare") this.compare()
    else if (action === "download") this.download(button)
    else this.act(action, this.selection.items)
  }

  /**
   * In the middle of the gallery, not of the window; with fewer words where there is not the room.
   * @param {DOMRect} gallery
   */
  place({ left, right, width }) {
    this.element.classList.toggle("compact", width < WORDY)
    this.element.style.setProperty("--left", `${left}px`)
    this.element.style.setProperty("--right", `${document.documentElement.clientWidth - right}px`)
  }

  show() {
    const { size } = this.selection
    this.element.hidden = !size
    const compare = this.element.querySelector("[data-action=compare]")
    if (compare instanceof HTMLElement) compare.hidden = size !== 2
    this.find(".chosen").textContent = `${size.toLocaleString("en")} selected`
  }
}
