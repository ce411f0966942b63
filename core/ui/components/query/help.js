// The language of the box in a few lines, each with an example to try.

import { element } from "../shared/base.js"
import { Floating } from "../shared/floating.js"
import { quoted } from "../shared/format.js"

export class Help {
  anchor
  root
  search
  narrow
  type

  // `search` takes a text that replaces the query's, `narrow` a filter that is added, `type` what is to be typed on.
  constructor(root, anchor, { search, narrow, type }) {
    Object.assign(this, { root, anchor, search, narrow, type })
    this.floating = new Floating(root)
    anchor.onclick = () => (this.floating.open ? this.floating.close() : this.show())
    root.onclick = event => this.onClick(event)
  }

  show() {
    this.floating.show(this.anchor)
    this.root.querySelector("button").focus({ focusVisible: false })
  }

  // Examples are made of what there is: one that finds nothing teaches nothing.
  paint(completions) {
    const keys = Object.keys(completions)
    const known = keys.find(key => completions[key].length)
    const example = known ? `${known}:${quoted(completions[known][0])}` : "label:cat"
    const shown = element("button", { type: "button", "data-filter": example }, example)
    this.root.querySelector(".by-value").replaceChildren(shown)
    const all = keys.map(key => element("button", { type: "button", "data-key": key }, `${key}:`))
    this.root.querySelector(".keys").replaceChildren(...(all.length ? [element("span", {}, "Filters"), ...all] : []))
  }

  onClick(event) {
    const { query, filter, key } = event.target.closest("button")?.dataset ?? {}
    if (query ?? filter ?? key) this.floating.close()
    if (query) this.search(query)
    else if (filter) this.narrow(filter)
    else if (key) this.type(`${key}:`)
  }
}
