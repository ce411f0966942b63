// Searches to come back to: those made of late, which the browser keeps, and those saved, which the server keeps.

import { closest, element, finder, part, parts } from "../../shared/base.js"
import { Floating } from "../../shared/floating.js"
import { sentence } from "../../shared/requests.js"
import { below } from "../../shared/routes.js"
import { button, CHIP_ICONS, icon } from "../chips/icons.js"
import { imagesOf } from "./recent.js"

/** @import { RecentSearch, SavedSearch } from "../types.d.ts" */
/** @import { Recent } from "./recent.js" */
/** @import { Saved } from "./saved.js" */

const SHOWN_IMAGES = 3
const BOOKMARK = "M7 4h10a1 1 0 0 1 1 1v15l-6-4-6 4V5a1 1 0 0 1 1-1z"
const EARLIER = "M4 12a8 8 0 1 0 2.6-5.9L4 8.5M4 4v4.5h4.5M12 8v4.5l3 1.8"

export class Searches {
  /** @type {Map<HTMLElement, { address: string, saved?: SavedSearch }>} */
  rows = new Map()
  shown = "" // what the rows show

  /**
   * @param {HTMLElement} root
   * @param {{
   *   recent: Recent, saved: Saved, field: HTMLElement, opener: HTMLElement, input: HTMLElement,
   *   thumbnails: () => string, saves: () => boolean, open: (address: string) => void,
   * }} options `saves`: whether saved ones may be removed; `open` goes to an address; the list opens below `field`, by `opener` or from `input`, which gets the
   *   focus back.
   */
  constructor(root, { recent, saved, field, opener, input, thumbnails, saves, open }) {
    this.root = root
    this.recent = recent
    this.saved = saved
    this.field = field
    this.opener = opener
    this.input = input
    this.thumbnails = thumbnails
    this.saves = saves
    this.open = open
    this.find = finder(root)
    this.floating = new Floating(root, { wide: true })
    this.find(".forget").onclick = () => this.forget()
    root.onclick = event => this.onClick(event)
    root.onkeydown = event => this.onKey(event)
  }

  get entries() {
    return parts(this.root, ".entry")
  }

  toggle() {
    if (this.floating.open) return this.floating.close()
    this.show(true)
    this.focus(0)
  }

  /**
   * Where nothing is kept, a mere click into the box opens nothing.
   * @param {boolean} always
   */
  async show(always) {
    this.fail("")
    this.recent.settle()
    const before = this.saved.all.length + this.recent.all().length
    if (always || before) this.appear()
    await this.saved.read().catch(error => this.fail(sentence(error)))
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
    this.rows.clear()
    const saved = this.saved.all.map(one => this.row({ label: one.name, address: one.query_string }, BOOKMARK, one))
    const recent = this.recent.all().map(one => this.row(one, EARLIER))
    for (const [name, rows] of Object.entries({ saved, recent })) {
      this.find(`.${name}`).hidden = !rows.length
      this.find(`.${name} ul`).replaceChildren(...rows)
    }
    this.find(".none").hidden = Boolean(saved.length || recent.length)
  }

  /**
   * @param {RecentSearch} search
   * @param {string} path Of its icon.
   * @param {SavedSearch} [saved]
   */
  row({ label, address }, path, saved) {
    const row = element("li", { class: "earlier-search" })
    const entry = element("button", { type: "button", class: "entry", title: label })
    const ids = imagesOf(address).slice(0, SHOWN_IMAGES)
    const images = ids.map(id => element("img", { src: below(this.thumbnails(), id), alt: "" }))
    entry.append(icon(path), ...images, element("span", { class: "entry-label" }, label))
    row.append(entry)
    if (!saved || this.saves()) {
      const remove = button("remove", `Remove ${label}`, "Remove")
      remove.append(icon(CHIP_ICONS.remove))
      row.append(remove)
    }
    this.rows.set(row, { address, saved })
    return row
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const row = closest(event, ".earlier-search")
    const search = row && this.rows.get(row)
    if (!search) return
    if (closest(event, ".remove")) this.remove(row)
    else if (closest(event, ".entry")) this.go(search.address)
  }

  /** @param {string} address */
  go(address) {
    this.floating.close()
    this.open(address)
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const at = this.entries.findIndex(entry => entry === closest(event, ".entry"))
    const last = this.entries.length - 1
    const moves = new Map([["ArrowDown", Math.min(at + 1, last)], ["ArrowUp", at - 1], ["Home", 0], ["End", last]])
    const [row, move] = [closest(event, "li"), moves.get(event.key)]
    if (event.key === "Delete" && at >= 0 && row) this.remove(row)
    else if (move !== undefined) (this.entries[move] ?? this.input).focus()
    else return
    event.preventDefault()
  }

  /** @param {HTMLElement} row */
  async remove(row) {
    const at = this.entries.indexOf(part(row, ".entry"))
    const search = this.rows.get(row)
    if (!search || (search.saved && !this.saves())) return
    if (search.saved) await this.saved.remove(search.saved).catch(error => this.fail(sentence(error)))
    else this.recent.remove(search.address)
    this.paint()
    this.focus(at)
  }

  forget() {
    this.recent.clear()
    this.paint()
    this.focus(0)
  }

  /** @param {number} at */
  focus(at) {
    const next = this.entries[Math.min(at, this.entries.length - 1)] ?? this.root
    next.focus()
  }

  /** @param {string} text */
  fail(text) {
    this.find(".failed").textContent = text
  }
}
