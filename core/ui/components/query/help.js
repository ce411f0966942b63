// The language of the box in a few lines, each with an example to try.

import { closest, element, part } from "../shared/base.js"
import { Floating } from "../shared/floating.js"
import { quoted } from "../shared/format.js"

/** @import { Completions } from "./types.d.ts" */

export class Help {
  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} anchor
   * @param {Record<"search" | "narrow" | "type", (text: string) => void>} handlers `search` takes a text that replaces
   *   the query's, `narrow` a filter that is added, `type` what is to be typed on.
   */
  constructor(root, anchor, { search, narrow, type }) {
    this.root = root
    this.anchor = anchor
    this.search = search
    this.narrow = narrow
    this.type = type
    this.floating = new Floating(root)
    anchor.onclick = () => (this.floating.open ? this.floating.close() : this.show())
    root.onclick = event => this.onClick(event)
  }

  show() {
    this.floating.show(this.anchor)
    part(this.root, "button").focus({ focusVisible: false })
  }

  /**
   * Examples are made of what there is: one that finds nothing teaches nothing.
   * @param {Completions} completions
   */
  paint(completions) {
    const keys = Object.keys(completions)
    const known = keys.find(key => completions[key].length)
    const example = known ? `${known}:${quoted(completions[known][0])}` : "label:cat"
    const shown = element("button", { type: "button", "data-filter": example }, example)
    part(this.root, ".by-value").replaceChildren(shown)
    const all = keys.map(key => element("button", { type: "button", "data-key": key }, `${key}:`))
    part(this.root, ".keys").replaceChildren(...(all.length ? [element("span", {}, "Filters"), ...all] : []))
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const { query, filter, key } = closest(event, "button")?.dataset ?? {}
    if (query ?? filter ?? key) this.floating.close()
    if (query) this.search(query)
    else if (filter) this.narrow(filter)
    else if (key) this.type(`${key}:`)
  }
}
