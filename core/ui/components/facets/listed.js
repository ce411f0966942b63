// A group whose values are rows, of which the first are shown.

import { Choices } from "./choices.js"
import { Group } from "./group.js"

/** @import { Action } from "./choices.js" */
/** @import { Entry, ListOptions, Panel } from "./types.d.ts" */

const SHOWN = 8 // rows before "Show more"
const MORE = 40 // rows that it adds, and the most that are found by name
const SEARCHED = 12 // from more values than this on, they can be looked for by name

/**
 * @template {ListOptions} [Options=ListOptions]
 * @extends {Group<Options>}
 */
export class Listed extends Group {
  limit = SHOWN

  /**
   * @param {Panel} panel
   * @param {Options} options
   */
  constructor(panel, options) {
    super(panel, options)
    this.body.append(panel.template("list"))
    this.rows = this.find(".rows")
    this.finder = this.find(".find", HTMLInputElement)
    const label = `Find a ${options.one ?? this.title.toLowerCase()}`
    this.finder.placeholder = label
    this.finder.setAttribute("aria-label", label)
    this.finder.oninput = () => this.paint()
    this.find(".more").onclick = () => this.extend(this.limit + MORE)
    this.find(".fewer").onclick = () => this.extend(SHOWN)
    this.choices = new Choices(this.rows, panel.template("row"), {
      role: options.tree ? "treeitem" : "checkbox",
      act: (action, value) => this.act(action, value),
      turn: (value, open) => this.branch(value, open),
    })
    this.rows.setAttribute("role", options.tree ? "tree" : "group")
    this.rows.setAttribute("aria-label", this.title)
    this.settleLater()
  }

  // When nobody is at the rows, nothing is in the way of their order any more.
  settleLater() {
    this.rows.addEventListener("pointerleave", ({ pointerType }) => pointerType === "touch" || this.paint())
    this.rows.addEventListener("focusout", ({ relatedTarget }) => {
      const within = relatedTarget instanceof Node && this.rows.contains(relatedTarget)
      if (!within) queueMicrotask(() => this.paint())
    })
  }

  /**
   * @param {Action} _action
   * @param {string} _value
   */
  act(_action, _value) {}

  /**
   * @param {string} _value
   * @param {boolean} _open
   */
  branch(_value, _open) {}

  get sought() {
    return this.finder.hidden ? "" : this.finder.value.trim().toLowerCase()
  }

  /** @param {number} limit */
  extend(limit) {
    this.limit = limit
    this.paint()
    this.keepFocus()
  }

  /**
   * All entries in order; those that are chosen are shown wherever they stand.
   * @param {Entry[]} entries
   */
  list(entries, many = entries.length) {
    this.finder.hidden = many <= SEARCHED
    const limit = this.sought ? MORE : this.limit
    const found = this.sought ? entries.filter(({ name }) => name.toLowerCase().includes(this.sought)) : entries
    const shown = found.filter(({ state }, at) => at < limit || (state && !this.sought))
    this.choices.paint(shown)
    const rest = Math.min(MORE, found.length - shown.length)
    this.find(".none").hidden = found.length > 0 || !this.sought
    this.find(".more").hidden = !rest || Boolean(this.sought)
    this.find(".more").textContent = `Show ${rest.toLocaleString("en")} more`
    this.find(".fewer").hidden = this.limit === SHOWN || Boolean(this.sought)
  }
}
