// Which pictures are chosen, by the ids of their records. Kept while pages are loaded, and until another search.

import { element } from "../shared/base.js"
import { offered } from "./actions.js"
import { glyph } from "./glyph.js"

export class Selection {
  chosen = new Map() // id → item
  anchor = null // where a range begins
  /** @type {Map<string, any> | null} */
  base = null // what was chosen before the range began

  constructor(changed) {
    this.changed = changed
  }

  get size() {
    return this.chosen.size
  }

  get items() {
    return [...this.chosen.values()]
  }

  has(id) {
    return this.chosen.has(id)
  }

  toggle(item) {
    if (!this.chosen.delete(item.id)) this.chosen.set(item.id, item)
    this.begin(item.id)
    this.changed()
  }

  // The pictures from the anchor to this one, in place of the range before it.
  extend(items, id, from = id) {
    if (!items.some(item => item.id === this.anchor)) this.begin(from)
    this.base ??= new Map(this.chosen)
    const [first, last] = [this.anchor, id].map(end => items.findIndex(item => item.id === end)).sort((a, b) => a - b)
    this.chosen = new Map(this.base)
    for (const item of items.slice(first, last + 1)) this.chosen.set(item.id, item)
    this.changed()
  }

  add(items) {
    for (const item of items) this.chosen.set(item.id, item)
    this.base = null
    this.changed()
  }

  clear() {
    this.chosen.clear()
    this.begin(null)
    this.changed()
  }

  // What is known of them may be newer now.
  renew(items) {
    for (const item of items) if (this.has(item.id)) this.chosen.set(item.id, item)
  }

  begin(id) {
    this.anchor = id
    this.base = null
  }
}

// The bar at the foot of the window while something is chosen.
export class SelectionBar {
  constructor(element, selection, { act, tag, take }) {
    this.element = element
    this.selection = selection
    this.handlers = { tag, take }
    this.act = act
    element.querySelector(".choices").onclick = event => this.onClick(event.target.closest("button"))
    element.querySelector(".drop-selection").onclick = () => selection.clear()
  }

  offer(search, routes) {
    const others = [
      routes.tags && { name: "tag", label: "Tag…", short: "Tag", icon: "tag" },
      routes.exports && { name: "take", label: "Download", short: "Download", icon: "download", menu: true },
    ]
    const choices = [...offered(search), ...others.filter(Boolean)]
    this.element.querySelector(".choices").replaceChildren(...choices.map(choice => this.button(choice)))
  }

  button({ name, label, short, icon, menu = false }) {
    const title = name === "similar" ? "Find similar to these" : label
    const button = element("button", { type: "button", "data-action": name, title, "aria-label": title })
    if (menu) button.setAttribute("aria-haspopup", "menu")
    button.append(glyph(icon), element("span", {}, short))
    if (name === "similar") button.append(element("span", { class: "wide" }, title))
    if (menu) button.append(glyph("down"))
    return button
  }

  onClick(button) {
    if (!button) return
    const name = button.dataset.action
    if (this.handlers[name]) this.handlers[name](button)
    else this.act(name, this.selection.items)
  }

  // In the middle of the gallery, not of the window; with fewer words where there is not the room.
  place({ left, right, width }) {
    this.element.classList.toggle("compact", width < WORDY)
    this.element.style.setProperty("--left", `${left}px`)
    this.element.style.setProperty("--right", `${document.documentElement.clientWidth - right}px`)
  }

  show() {
    this.element.hidden = !this.selection.size
    this.element.querySelector(".chosen").textContent = `${this.selection.size.toLocaleString("en")} selected`
  }
}

// A finger that rests on a tile chooses it.
export class LongPress {
  constructor(root, pressed) {
    root.addEventListener("pointerdown", event => this.begin(event, pressed))
    root.addEventListener("pointermove", event => {
      if (this.timer && Math.hypot(event.x - this.from.x, event.y - this.from.y) > TREMBLING) this.cancel()
    })
    for (const end of ["pointerup", "pointercancel"]) root.addEventListener(end, () => this.cancel())
    root.addEventListener("contextmenu", event => this.from && event.preventDefault())
    root.addEventListener("click", event => this.swallow(event), { capture: true })
  }

  begin(event, pressed) {
    this.cancel()
    this.fired = false
    const tile = event.pointerType === "touch" && event.target.closest(".tile")
    this.from = tile ? event : null
    if (!tile) return
    this.timer = setTimeout(() => {
      this.fired = true
      navigator.vibrate?.(10)
      pressed(tile)
    }, RESTING)
  }

  cancel() {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  // The click that a long press ends in is none.
  swallow(event) {
    if (this.fired) event.stopImmediatePropagation()
    this.fired = false
  }
}

const WORDY = 970 // pixels: less has no room for all words
const RESTING = 450 // milliseconds
const TREMBLING = 10 // pixels
