// One picture, large, with all that is known of it. It lives in the browser only: opening it and turning pages never
// run the page.

import { element } from "../../shared/base.js"
import { offered } from "../actions.js"
import { glyph } from "../glyph.js"
import { Heat } from "./heat.js"
import { DetailsPanel } from "./panel.js"
import { Stage } from "./stage.js"

export class Details {
  dialog
  ahead
  search
  routes
  known
  selection
  select
  act
  closed
  items = []
  at = -1 // of the list
  /** @type {any} */
  item = null // what is shown: one of the list, or one that was come upon beside it
  trail = [] // where Back leads

  constructor(dialog, { act, closed, narrow, tagged, select, ahead }) {
    Object.assign(this, { dialog, act, closed, select, ahead })
    this.find = selector => dialog.querySelector(selector)
    this.stage = new Stage(this.find(".stage"), { turn: by => this.turnTo(this.at + by) })
    this.heat = new Heat(this.find(".stage"))
    this.panel = new DetailsPanel(this.find(".panel"), {
      go: item => this.go(item),
      narrow: text => this.leave(() => narrow(text)),
      tagged,
    })
    dialog.onclick = event => this.onClick(event)
    dialog.onkeydown = event => this.onKey(event)
    dialog.onclose = () => this.onClose()
  }

  // New results, or new pages of them. A picture that is looked at stays, whether it is still among them or not.
  update({ items, search, routes, known, selection }) {
    Object.assign(this, { items, search, routes, known, selection })
    if (!this.dialog.open) return
    const at = this.place(this.item)
    if (at >= 0) Object.assign(this, { at, item: items[at] })
    this.paint()
  }

  offer(search) {
    const main = ({ name, label, icon }) => this.choice(name, label, icon, "button primary")
    const [similar, ...others] = offered(search)
    const buttons = others.map(({ name, short, label, icon }) => this.choice(name, short, icon, "small-choice", label))
    if (search) buttons.push(this.choice("select", "Select", "select", "small-choice"))
    this.find(".panel > .choices").replaceChildren(main(similar), ...buttons)
  }

  choice(name, text, icon, kind, title = text) {
    const button = element("button", { type: "button", class: kind, "data-action": name, title })
    button.append(glyph(icon), element("span", {}, text))
    return button
  }

  place(item) {
    return this.items.findIndex(({ id }) => id === item?.id)
  }

  // `leader`: the one of the list that it stands for, where it is not of the list itself.
  open(item, leader = item) {
    this.trail = []
    this.at = this.place(leader)
    this.show(item)
    if (!this.dialog.open) this.dialog.showModal()
    this.dialog.focus()
  }

  show(item) {
    this.item = item
    this.paint()
  }

  // To a picture beside the list, or elsewhere in it; Back leads here again.
  go(item) {
    this.trail.push(this.item)
    this.jump(item)
  }

  back() {
    const item = this.trail.pop()
    if (item) this.jump(item)
  }

  jump(item) {
    const at = this.place(item)
    if (at >= 0) this.at = at
    this.show(at >= 0 ? this.items[at] : item)
    this.dialog.focus()
  }

  turnTo(at) {
    const item = this.items[at]
    if (!item || item === this.item) return
    this.at = at
    this.trail = []
    this.show(item)
    if (at >= this.items.length - 3) this.ahead()
  }

  get aside() {
    return this.place(this.item) < 0
  }

  paint() {
    const { item, items, at, search, routes, known } = this
    this.find(".place-in-list").textContent = this.aside ? "" : `${at + 1} of ${items.length.toLocaleString("en")}`
    this.find(".back").hidden = !this.trail.length
    this.find(".previous").setAttribute("aria-disabled", at <= 0)
    this.find(".next").setAttribute("aria-disabled", at >= items.length - 1)
    this.stage.show(item, items[at + 1], routes)
    this.heat.show(item, { search, url: routes.heatmap })
    this.panel.show(item, { search, routes, known })
    this.paintSelection()
    this.keepFocus()
  }

  // What had the focus may be hidden now.
  keepFocus() {
    const focused = this.dialog.getRootNode().activeElement
    if (this.dialog.open && !focused?.checkVisibility()) this.dialog.focus()
  }

  paintSelection() {
    if (!this.item) return
    this.find("[data-action=select]")?.setAttribute("aria-pressed", this.selection.has(this.item.id))
  }

  onClick(event) {
    const button = event.target.closest("button")
    if (event.target === this.dialog || button?.matches(".close")) this.dialog.close()
    else if (button?.matches(".previous")) this.turnTo(this.at - 1)
    else if (button?.matches(".next")) this.turnTo(this.at + 1)
    else if (button?.matches(".back")) this.back()
    else if (button?.dataset.action) this.do(button.dataset.action)
  }

  do(action) {
    const { item } = this
    if (action === "select") this.select(item)
    else this.leave(() => this.act(action, [item]))
  }

  leave(then) {
    this.dialog.close()
    then()
  }

  onKey(event) {
    event.stopPropagation() // Streamlit has shortcuts of its own on single letters
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return
    const turns = { ArrowLeft: this.at - 1, ArrowRight: this.at + 1, Home: 0, End: this.items.length - 1 }
    const action = offered(this.search).find(({ key }) => key === event.key)
    if (event.key in turns) this.turnTo(turns[event.key])
    else if (action) this.do(action.name)
    else if (event.key === " " && event.target === this.dialog && this.search) this.select(this.item)
    else if (event.key === "b") this.find(".show-boxes").click()
    else if (event.key === "w") this.find(".show-heat").click()
    else if (event.key === "Backspace" && this.trail.length) this.back()
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
