// Searches to come back to: those made of late, which the browser keeps, and those saved, which the server keeps.

import { element } from "../../shared/base.js"
import { Floating } from "../../shared/floating.js"
import { button, CHIP_ICONS, icon } from "../chips/icons.js"
import { picturesOf } from "./recent.js"

const SHOWN_PICTURES = 3
const BOOKMARK = "M7 4h10a1 1 0 0 1 1 1v15l-6-4-6 4V5a1 1 0 0 1 1-1z"
const EARLIER = "M4 12a8 8 0 1 0 2.6-5.9L4 8.5M4 4v4.5h4.5M12 8v4.5l3 1.8"

export class Searches {
  root
  recent
  saved
  field
  opener
  input
  thumbnails
  open

  // `open` goes to an address; the list opens below `field`, by `opener` or from `input`, which gets the focus back.
  constructor(root, { recent, saved, field, opener, input, thumbnails, open }) {
    Object.assign(this, { root, recent, saved, field, opener, input, thumbnails, open })
    this.find = selector => root.querySelector(selector)
    this.floating = new Floating(root, { wide: true })
    this.find(".forget").onclick = () => this.forget()
    root.onclick = event => this.onClick(event)
    root.onkeydown = event => this.onKey(event)
  }

  get entries() {
    return [...this.root.querySelectorAll(".entry")]
  }

  toggle() {
    if (this.floating.open) return this.floating.close()
    this.show(true)
    this.focus(0)
  }

  // Where nothing is kept, a mere click into the box opens nothing.
  async show(always) {
    this.fail("")
    this.recent.settle()
    const before = this.saved.all.length + this.recent.all().length
    if (always || before) this.appear()
    await this.saved.read().catch(error => this.fail(error.message))
    if (this.floating.open) this.appear()
  }

  appear() {
    this.paint()
    this.floating.show(this.field, { opener: this.opener, focus: this.input })
  }

  // Read again, it is mostly the same as before: then the focus stays where it is.
  paint() {
    const shown = JSON.stringify([this.saved.all, this.recent.all()])
    if (shown === this.shown) return
    this.shown = shown
    const saved = this.saved.all.map(one => this.row({ label: one.name, address: one.query_string, one }, BOOKMARK))
    const recent = this.recent.all().map(one => this.row(one, EARLIER))
    for (const [name, rows] of Object.entries({ saved, recent })) {
      this.find(`.${name}`).hidden = !rows.length
      this.find(`.${name} ul`).replaceChildren(...rows)
    }
    this.find(".none").hidden = Boolean(saved.length || recent.length)
  }

  row({ label, address, one }, path) {
    const row = element("li", { class: "earlier-search" })
    const entry = element("button", { type: "button", class: "entry", title: label })
    const pictures = picturesOf(address).slice(0, SHOWN_PICTURES)
    const images = pictures.map(id => element("img", { src: `${this.thumbnails()}/${id}`, alt: "" }))
    entry.append(icon(path), ...images, element("span", { class: "entry-label" }, label))
    const remove = button("remove", `Remove ${label}`, "Remove")
    remove.append(icon(CHIP_ICONS.remove))
    row.append(entry, remove)
    row.search = { address, one }
    return row
  }

  onClick(event) {
    const row = event.target.closest(".earlier-search")
    if (event.target.closest(".remove")) this.remove(row)
    else if (event.target.closest(".entry")) this.go(row.search.address)
  }

  go(address) {
    this.floating.close()
    this.open(address)
  }

  onKey(event) {
    const at = this.entries.indexOf(event.target.closest(".entry"))
    const last = this.entries.length - 1
    const moves = { ArrowDown: Math.min(at + 1, last), ArrowUp: at - 1, Home: 0, End: last }
    if (event.key === "Delete" && at >= 0) this.remove(event.target.closest("li"))
    else if (event.key in moves) (this.entries[moves[event.key]] ?? this.input).focus()
    else return
    event.preventDefault()
  }

  async remove(row) {
    const at = this.entries.indexOf(row.querySelector(".entry"))
    const { address, one } = row.search
    if (one) await this.saved.remove(one).catch(error => this.fail(error.message))
    else this.recent.remove(address)
    this.paint()
    this.focus(at)
  }

  forget() {
    this.recent.clear()
    this.paint()
    this.focus(0)
  }

  focus(at) {
    const next = this.entries[Math.min(at, this.entries.length - 1)] ?? this.root
    next.focus()
  }

  fail(text) {
    this.find(".failed").textContent = text
  }
}
