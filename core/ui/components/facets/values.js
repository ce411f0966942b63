// The values of a text field. They keep their place, and those that no result has any more stay with a count of 0: they
// can still be chosen instead of, or beside, the one that narrowed the results.

import { parts } from "../shared/base.js"
import { acted, CHANGED, stateIn } from "./choices.js"
import { Listed } from "./listed.js"

/** @import { Action } from "./choices.js" */
/** @import { Entry, Groups, Panel, ValueOptions } from "./types.d.ts" */

/** @extends {Listed<ValueOptions>} */
export class Values extends Listed {
  /** @type {string[]} */
  known = []
  /** @type {Map<string, number>} */
  ranks = new Map()
  /** @type {Map<string, number>} */
  counts = new Map()
  wantsAll = false // of one value, the filter does not tell
  /** @type {HTMLElement | null} */
  mode = null // whether a picture must have one of the chosen, or all: of a field with several values

  /**
   * @param {Panel} panel
   * @param {ValueOptions} options
   */
  constructor(panel, options) {
    super(panel, options)
    if (options.several) this.mode = this.addMode()
  }

  addMode() {
    const mode = this.panel.template("mode")
    mode.setAttribute("aria-label", `Which of several, ${this.title.toLowerCase()}`)
    for (const radio of parts(mode, "input", HTMLInputElement)) {
      radio.name = `mode-${this.options.field}`
      radio.onchange = () => this.setMode(radio.value === "all")
    }
    this.find("h3").after(mode)
    return mode
  }

  get part() {
    return this.panel.where.values[this.options.field]
  }

  get active() {
    return this.part.chosen.length + this.part.excluded.length
  }

  get present() {
    return this.known.length > 0
  }

  get all() {
    return this.part.all ?? this.wantsAll
  }

  /** @param {boolean} all */
  setMode(all) {
    this.wantsAll = all
    this.part.all = all
    if (this.part.chosen.length > 1) this.change(`${all ? "All" : "Any"} of the chosen`)
    else this.paint()
  }

  /**
   * @param {Groups} groups
   * @param {boolean} fresh
   */
  show(groups, fresh) {
    this.counts = new Map(groups[this.options.field])
    const values = [...this.counts.keys()]
    this.known = fresh ? values : [...this.known, ...values.filter(value => !this.ranks.has(value))]
    this.ranks = new Map(this.known.map((value, at) => [value, at]))
  }

  /**
   * @param {Action} action
   * @param {string} value
   */
  act(action, value) {
    const part = acted(this.part, action, value)
    Object.assign(this.part, part, { all: this.all })
    this.change(`${value} ${CHANGED[stateIn(part, value)]}`)
  }

  clear() {
    Object.assign(this.part, { chosen: [], excluded: [] })
  }

  draw() {
    this.settle()
    super.draw()
    this.list(this.known.map(value => this.entry(value)))
    if (!this.mode) return
    this.mode.hidden = !this.opened
    this.mode.classList.toggle("idle", this.part.chosen.length < 2)
    for (const radio of parts(this.mode, "input", HTMLInputElement)) radio.checked = (radio.value === "all") === this.all
  }

  // Chosen values come first; not while the pointer is there.
  settle() {
    const active = [...this.part.chosen, ...this.part.excluded]
    this.known = [...active.filter(value => !this.known.includes(value)), ...this.known]
    if (this.choices.busy) return
    const place = (/** @type {string} */ value) =>
      active.includes(value) ? -1 : (this.ranks.get(value) ?? this.ranks.size)
    this.known.sort((one, other) => place(one) - place(other))
  }

  /**
   * @param {string} value
   * @returns {Entry}
   */
  entry(value) {
    const { marked, words } = this.options
    return {
      value,
      name: words?.[value] ?? (marked ? value.charAt(0).toUpperCase() + value.slice(1) : value),
      count: this.counts.get(value) ?? 0,
      state: stateIn(this.part, value),
      mark: marked ? value : undefined,
    }
  }
}
