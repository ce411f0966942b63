// What the groups of the panel have in common: a heading that opens and closes, a button to reset, one Tab stop.

import { finder, focusedBeside, happenedOn, parts, remember } from "../shared/base.js"

/** @import { GroupOptions, Groups, Panel } from "./types.d.ts" */

// What the arrow keys move between. What is typed into uses them itself, and what else a row has is on its keys.
const STOPS = "button:not(.exclude, .turn), .item, .find, .mode :checked"

/**
 * Stands for a field of the filter. `panel.where` is what is chosen; a group changes its part of it, then calls `change`.
 * @template {GroupOptions} [Options=GroupOptions]
 */
export class Group {
  /** @type {HTMLElement | undefined} */
  current // the Tab stop

  /**
   * @param {Panel} panel
   * @param {Options} options
   */
  constructor(panel, options) {
    this.panel = panel
    this.options = options
    this.title = options.title
    this.element = panel.template("group")
    this.find = finder(this.element)
    this.body = this.find(".body")
    this.body.id = `body-${options.field}`
    this.fold = this.find(".fold")
    this.fold.setAttribute("aria-controls", this.body.id)
    this.find(".title").textContent = this.title
    this.find(".reset").setAttribute("aria-label", `Reset ${this.title.toLowerCase()}`)
    this.fold.onclick = () => this.turn(!this.opened)
    this.find(".reset").onclick = () => this.reset()
    this.element.addEventListener("keydown", event => this.onArrow(event))
    this.element.addEventListener("focusin", ({ target }) => this.rove(target))
  }

  /**
   * One Tab stop for the whole group, where one was last in it.
   * @param {EventTarget | null} [target]
   */
  rove(target) {
    const stops = this.stops
    if (!stops.length) return
    const current = stops.find(stop => stop === target) ?? stops.find(stop => stop === this.current) ?? this.fold
    for (const stop of parts(this.element, `${STOPS}, .mode input`)) stop.tabIndex = stop === current ? 0 : -1
    this.current = current
  }

  get stops() {
    return parts(this.element, STOPS).filter(stop => stop.getClientRects().length)
  }

  /** @param {KeyboardEvent} event */
  onArrow(event) {
    const stops = this.stops
    const at = stops.findIndex(stop => stop === event.target)
    const moves = new Map([["ArrowDown", at + 1], ["ArrowUp", at - 1], ["Home", 0], ["End", stops.length - 1]])
    const move = moves.get(event.key)
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey || move === undefined) return
    if (happenedOn(event, "input") && event.key.length < 5) return // Home and End belong to what is typed
    stops[move]?.focus()
    event.preventDefault()
  }

  get opened() {
    return this.panel.folds[this.options.field] ?? (this.options.open || this.active > 0)
  }

  /** @param {boolean} open */
  turn(open) {
    this.panel.folds[this.options.field] = open
    remember("facets", this.panel.folds)
    this.paint()
  }

  reset() {
    this.clear()
    this.change(`${this.title} reset`)
    this.fold.focus() // the button that was pressed is gone
  }

  /** @param {string} said */
  change(said) {
    this.panel.change(said)
  }

  // Where the button that was pressed is gone.
  keepFocus() {
    if (focusedBeside(this.element)?.hidden) this.fold.focus()
  }

  /** How many of its values are chosen or excluded. */
  get active() {
    return 0
  }

  /** Whether there is anything to choose. */
  get present() {
    return true
  }

  clear() {}

  /**
   * `fresh` where the results are those of another search, not of a filter that was changed here.
   * @param {Groups} _groups
   * @param {boolean} _fresh
   * @param {string[]} _roots
   */
  show(_groups, _fresh, _roots) {}

  paint() {
    this.draw()
    this.rove()
  }

  draw() {
    this.element.hidden = !this.present
    this.fold.setAttribute("aria-expanded", String(this.opened))
    this.body.hidden = !this.opened
    const badge = this.find(".badge")
    badge.hidden = !this.active
    badge.textContent = String(this.active)
    badge.setAttribute("aria-label", `${this.active} set`)
    this.find(".reset").hidden = !this.active
  }
}
