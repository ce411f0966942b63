// The keys of the review, as they are shown.

import { element } from "../../shared/base.js"
import { Floating } from "../../shared/floating.js"

/** @type {[keys: string[], what: string][]} */
const SHORTCUTS = [
  [["↓", "J"], "Next group"],
  [["↑", "K"], "Group before"],
  [["←", "→"], "Picture before, next picture"],
  [["Space"], "Keep this picture, or set it aside"],
  [["X"], "Set this picture aside"],
  [["1", "…", "9"], "Keep only that picture"],
  [["Enter"], "Decide as marked, and go on"],
  [["A"], "Keep all of the group"],
  [["N"], "Not duplicates"],
  [["C"], "Compare with the one that is kept"],
  [["U"], "Undo"],
  [["?"], "This list"],
]

export class Shortcuts {
  /**
   * @param {HTMLElement} opener
   * @param {HTMLElement} box
   */
  constructor(opener, box) {
    this.opener = opener
    this.box = box
    this.floating = new Floating(box)
    opener.onclick = () => this.toggle()
    const list = element("dl", { class: "shortcut-list" })
    for (const [keys, what] of SHORTCUTS) {
      const term = element("dt")
      term.append(...keys.map(key => (key === "…" ? element("span", {}, key) : element("kbd", {}, key))))
      list.append(term, element("dd", {}, what))
    }
    box.replaceChildren(element("h2", {}, "Keyboard"), list)
  }

  toggle() {
    if (this.floating.open) return this.floating.leave()
    this.floating.show(this.opener)
    this.box.focus()
  }
}
