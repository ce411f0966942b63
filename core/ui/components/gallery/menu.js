// A list of things to do, which opens at a button and is filled for it.

import { element } from "../shared/base.js"
import { Floating } from "../shared/floating.js"
import { glyph } from "./glyph.js"

export class Menu {
  constructor(element) {
    this.element = element
    this.floating = new Floating(element)
    element.onkeydown = event => this.onKey(event)
  }

  // Each choice: { label, icon, hint, run }; a string is a heading. Asked for again at the same button, it closes.
  // `focus`: where the focus goes back to.
  offer(anchor, label, choices, focus = anchor) {
    const again = this.floating.open && this.floating.anchor === anchor
    this.floating.close()
    if (again) return
    this.element.setAttribute("aria-label", label)
    this.element.replaceChildren(...choices.map(choice => this.entry(choice)))
    this.floating.show(anchor, { focus })
    this.entries[0].focus()
  }

  close() {
    this.floating.close()
  }

  get entries() {
    return [...this.element.querySelectorAll("[role=menuitem]")]
  }

  entry(choice) {
    if (typeof choice === "string") return element("p", { class: "menu-heading", role: "presentation" }, choice)
    const entry = element("button", { type: "button", role: "menuitem", tabindex: -1 })
    entry.append(glyph(choice.icon), element("span", {}, choice.label))
    if (choice.hint) entry.append(element("kbd", { "aria-hidden": true }, choice.hint))
    entry.onclick = () => {
      this.floating.focus.focus()
      this.close()
      choice.run()
    }
    return entry
  }

  onKey(event) {
    event.stopPropagation() // it lies on things that have keys of their own
    const { entries } = this
    const at = entries.indexOf(event.target)
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1 + entries.length, Home: 0, End: entries.length - 1 }
    if (!(event.key in moves)) return
    event.preventDefault()
    entries[moves[event.key] % entries.length].focus()
  }
}
