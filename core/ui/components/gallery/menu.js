// A list of things to do, which opens at a button and is filled for it.

import { element, parts } from "../shared/base.js"
import { Floating } from "../shared/floating.js"
import { glyph } from "./glyph.js"

/** @import { Choice } from "./types.d.ts" */

export class Menu {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element
    this.floating = new Floating(element)
    element.onkeydown = event => this.onKey(event)
  }

  /**
   * Asked for again at the same button, it closes.
   * @param {HTMLElement} anchor
   * @param {string} label
   * @param {(Choice | string)[]} choices A string is a heading.
   * @param {HTMLElement} [focus] Where the focus goes back to.
   */
  offer(anchor, label, choices, focus = anchor) {
    const again = this.floating.open && this.floating.anchor === anchor
    this.floating.close()
    if (again) return
    this.element.setAttribute("aria-label", label)
    this.element.replaceChildren(...choices.map(choice => this.entry(choice)))
    this.floating.show(anchor, { focus })
    this.entries[0]?.focus()
  }

  close() {
    this.floating.close()
  }

  get entries() {
    return parts(this.element, "[role=menuitem]")
  }

  /** @param {Choice | string} choice */
  entry(choice) {
    if (typeof choice === "string") return element("p", { class: "menu-heading", role: "presentation" }, choice)
    const entry = element("button", { type: "button", role: "menuitem", tabindex: -1 })
    entry.append(glyph(choice.icon), element("span", {}, choice.label))
    if (choice.hint) entry.append(element("kbd", { "aria-hidden": true }, choice.hint))
    entry.onclick = () => {
      this.floating.leave()
      choice.run()
    }
    return entry
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    event.stopPropagation() // it lies on things that have keys of their own
    const { entries } = this
    const at = entries.findIndex(entry => entry === event.target)
    const last = entries.length - 1
    const moves = new Map([["ArrowDown", at + 1], ["ArrowUp", at + last], ["Home", 0], ["End", last]])
    const move = moves.get(event.key)
    if (move === undefined) return
    event.preventDefault()
    entries[move % entries.length].focus()
  }
}
