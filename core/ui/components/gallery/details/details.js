// One picture, large, with all that is known of it. It lives in the browser only: opening it and turning pages never
// run the page.

import { closest, element, finder, focusedBeside, happenedOn } from "../../shared/base.js"
import { offered } from "../actions.js"
import { glyph } from "../glyph.js"
import { Heat } from "./heat.js"
import { DetailsPanel } from "./panel.js"
import { Stage } from "./stage.js"

/** @import { Known, Routes, Search, Tagged } from "../types.d.ts" */
/** @import { Selection } from "../selection.js" */
/** @typedef {{ items: Known[], search: Search | null, routes: Routes, known: string[] }} Results The tags in use are known. */

const AHEAD = 3 // pictures before the last from which more are asked for

export class Details {
  /** @type {Results} */
  results = { items: [], search: null, routes: { thumbnails: "", images: "" }, known: [] }
  at = -1 // of the list
  /** @type {Known | null} */
  item = null // what is shown: one of the list, or one that was come upon beside it
  /** @type {Known[]} */
  trail = [] // where Back leads

  /**
   * @param {HTMLDialogElement} dialog
   * @param {Selection} selection
   * @param {{
   *   act: (action: string, items: Known[]) => void, narrow: (condition: string) => void, tagged: Tagged,
   *   compare: (items: Known[]) => void, ahead: () => void, closed: (item: Known | undefined) => void,
   * }} handlers `ahead` is called when the end of the list is near.
   */
  constructor(dialog, selection, { act, closed, narrow, tagged, compare, ahead }) {
    this.dialog = dialog
    this.selection = selection
    this.act = act
    this.closed = closed
    this.ahead = ahead
    this.find = finder(dialog)
    this.stage = new Stage(this.find(".stage"), by => this.turnTo(this.at + by))
    this.heat = new Heat(this.find(".stage"))
    this.panel = new DetailsPanel(this.find(".panel"), {
      go: item => this.go(item),
      narrow: text => this.leave(() => narrow(text)),
      tagged,
      compare,
    })
    dialog.onclick = event => this.onClick(event)
    dialog.onkeydown = event => this.onKey(event)
    dialog.onclose = () => this.onClose()
  }

  get items() {
    return this.results.items
  }

  /**
   * New results, or new pages of them. A picture that is looked at stays, whether it is still among them or not.
   * @param {Results} results
   */
  update(results) {
    this.results = results
    if (!this.dialog.open || !this.item) return
    const at = this.place(this.item)
    if (at >= 0) this.at = at
    this.show(this.items[at] ?? this.item)
  }

  /** @param {Search | null} search */
  offer(search) {
    const [similar, ...others] = offered(search)
    const main = this.choice(similar.name, similar.label, similar.icon, "button primary")
    const buttons = others.map(({ name, short, label, icon }) => this.choice(name, short, icon, "small-choice", label))
    if (search) buttons.push(this.choice("select", "Select", "select", "small-choice"))
    this.find(".panel > .choices").replaceChildren(main, ...buttons)
  }

  /**
   * @param {string} name
   * @param {string} text
   * @param {string} icon
   * @param {string} kind
   * @param {string} [title]
   */
  choice(name, text, icon, kind, title = text) {
    const button = element("button", { type: "button", class: kind, "data-action": name, title })
    button.append(glyph(icon), element("span", {}, text))
    return button
  }

  /** @param {Known} item */
  place(item) {
    return this.items.findIndex(({ id }) => id === item.id)
  }

  /**
   * @param {Known} item
   * @param {Known} [leader] The one of the list that it stands for, where it is not of the list itself.
   */
  open(item, leader = item) {
    this.trail = []
    this.at = this.place(leader)
    this.show(item)
    if (!this.dialog.open) this.dialog.showModal()
    this.dialog.focus()
  }

  /** @param {Known} item */
  show(item) {
    this.item = item
    this.paint(item)
  }

  /**
   * To a picture beside the list, or elsewhere in it; Back leads here again.
   * @param {Known} item
   */
  go(item) {
    if (this.item) this.trail.push(this.item)
    this.jump(item)
  }

  back() {
    const item = this.trail.pop()
    if (item) this.jump(item)
  }

  /** @param {Known} item */
  jump(item) {
    const at = this.place(item)
    if (at >= 0) this.at = at
    this.show(this.items[at] ?? item)
    this.dialog.focus()
  }

  /** @param {number} at */
  turnTo(at) {
    const item = this.items[at]
    if (!item || item === this.item) return
    this.at = at
    this.trail = []
    this.show(item)
    if (at >= this.items.length - AHEAD) this.ahead()
  }

  /** @param {Known} item */
  paint(item) {
    const { at } = this
    const { items, search, routes, known } = this.results
    const aside = this.place(item) < 0
    this.find(".place-in-list").textContent = aside ? "" : `${at + 1} of ${items.length.toLocaleString("en")}`
    this.find(".back").hidden = !this.trail.length
    this.find(".previous").setAttribute("aria-disabled", String(at <= 0))
    this.find(".next").setAttribute("aria-disabled", String(at >= items.length - 1))
    this.stage.show(item, items[at + 1], routes)
    this.heat.show(item, { search, url: routes.heatmap })
    this.panel.show({ item, search, routes, known })
    this.paintSelection()
    this.keepFocus()
  }

  // What had the focus may be hidden now.
  keepFocus() {
    if (this.dialog.open && !focusedBeside(this.dialog)?.checkVisibility()) this.dialog.focus()
  }

  paintSelection() {
    if (!this.item) return
    const button = this.dialog.querySelector("[data-action=select]")
    button?.setAttribute("aria-pressed", String(this.selection.has(this.item.id)))
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const button = closest(event, "button")
    if (event.target === this.dialog || button?.matches(".close")) this.dialog.close()
    else if (button?.matches(".previous")) this.turnTo(this.at - 1)
    else if (button?.matches(".next")) this.turnTo(this.at + 1)
    else if (button?.matches(".back")) this.back()
    else if (button?.dataset.action) this.do(button.dataset.action)
  }

  /** @param {string} action */
  do(action) {
    const { item } = this
    if (!item) return
    if (action === "select") this.selection.toggle(item)
    else this.leave(() => this.act(action, [item]))
  }

  /** @param {() => void} then */
  leave(then) {
    this.dialog.close()
    then()
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    event.stopPropagation() // Streamlit has shortcuts of its own on single letters
    const { key } = event
    if (event.ctrlKey || event.metaKey || event.altKey || happenedOn(event, "input")) return
    const { search } = this.results
    const turns = new Map([["ArrowLeft", this.at - 1], ["ArrowRight", this.at + 1], ["Home", 0], ["End", this.items.length - 1]])
    const turn = turns.get(key)
    const action = offered(search).find(one => one.key === key)
    if (turn !== undefined) this.turnTo(turn)
    else if (action) this.do(action.name)
    else if (key === " " && event.target === this.dialog && search) this.do("select")
    else if (key === "b") this.find(".show-boxes").click()
    else if (key === "w") this.find(".show-heat").click()
    else if (key === "Backspace" && this.trail.length) this.back()
    else return
    event.preventDefault()
  }

  onClose() {
    const item = this.items[this.at]
    this.stage.close()
    this.heat.leave()
    this.panel.close()
    this.item = null
    this.closed(item)
  }
}
