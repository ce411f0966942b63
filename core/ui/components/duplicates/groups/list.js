// The groups one below the other, of which only those near the window are in the page: there may be ten thousands.

import { arrange, closest, finder, part } from "../../shared/base.js"
import { scroller } from "../../shared/scrolling/scroller.js"
import { Card } from "./card.js"
import { PAGE } from "./store.js"
import { missing, near } from "../../shared/scrolling/window.js"

/** @import { Group, ReviewRoutes } from "../types.d.ts" */
/** @import { Store } from "./store.js" */

const TALLEST = 15_000_000 // pixels: browsers draw nothing further down

export class List {
  /** @type {Store | null} */
  store = null
  /** @type {Map<string, Card>} */
  cards = new Map() // by key
  current = 0 // the place of the group that the keys are for
  decides = false
  /** @type {ReviewRoutes | null} */
  routes = null
  leaving = new AbortController()
  painting = 0

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root
    this.find = finder(root)
    this.list = this.find(".groups")
    this.template = part(this.find("template", HTMLTemplateElement).content, ".group")
    this.probe = this.find(".wanted-height")
    this.scroller = scroller(root)
    const { signal } = this.leaving
    const soon = () => this.later()
    this.scroller.addEventListener("scroll", soon, { passive: true, signal })
    addEventListener("resize", soon, { signal })
    this.list.addEventListener("focusin", event => this.onFocus(event))
  }

  close() {
    this.leaving.abort()
    cancelAnimationFrame(this.painting)
  }

  get row() {
    return this.probe.offsetHeight
  }

  later() {
    cancelAnimationFrame(this.painting)
    this.painting = requestAnimationFrame(() => this.paint())
  }

  /**
   * Another list: from its top.
   * @param {Store} store
   */
  begin(store) {
    this.store = store
    this.cards.clear()
    this.current = 0
    this.list.replaceChildren()
  }

  paint() {
    const { store, row } = this
    if (!store || !this.root.isConnected) return
    this.list.style.height = `${Math.min(store.total * row, TALLEST)}px`
    const box = this.list.getBoundingClientRect()
    const top = this.scroller.getBoundingClientRect().top
    const [first, end] = near(top - box.top, this.scroller.clientHeight, row, store.total)
    const wanted = new Set(Array.from({ length: end - first }, (_, at) => first + at))
    if (this.holdsFocus && this.current < store.total) wanted.add(this.current) // the focus is not lost by scrolling
    const cards = [...wanted].sort((a, b) => a - b).flatMap(at => this.card(at) ?? [])
    arrange(this.list, cards.map(({ node }) => node))
    this.list.classList.toggle("loading", cards.length < end - first)
    for (const page of missing(first, end, PAGE, at => store.has(at))) store.load(page)
  }

  /** @param {number} at */
  card(at) {
    const group = this.store?.slots[at]
    if (!group || !this.routes || !this.store) return null
    const card = this.cards.get(group.key) ?? this.made(group)
    card.group = group
    card.node.style.top = `${at * this.row}px`
    card.show({ at, total: this.store.total, decides: this.decides, routes: this.routes })
    return card
  }

  /** @param {Group} group */
  made(group) {
    const card = new Card(/** @type {HTMLElement} */ (this.template.cloneNode(true)), group)
    this.cards.set(group.key, card)
    return card
  }

  /** @param {number} at */
  cardAt(at) {
    const key = this.store?.slots[at]?.key
    return key === undefined ? undefined : this.cards.get(key)
  }

  /** The group that an event happened in. */
  cardOf(/** @type {Event} */ event) {
    return this.cards.get(closest(event, ".group")?.dataset.key ?? "")
  }

  get holdsFocus() {
    const root = this.root.getRootNode()
    const focused = root instanceof Document || root instanceof ShadowRoot ? root.activeElement : null
    return this.list.contains(focused)
  }

  /** @param {FocusEvent} event */
  onFocus(event) {
    const card = this.cardOf(event)
    if (!card || !this.store) return
    const at = this.store.place(card.group.key)
    if (at < 0) return
    this.current = at
    const mark = closest(event, ".member")?.querySelector(".mark")
    if (mark instanceof HTMLElement) card.rove(card.marks.indexOf(mark))
  }

  /**
   * The focus goes to a picture of a group, wherever that is.
   * @param {number} at
   * @param {number} [member]
   */
  async focus(at, member = 0) {
    const { store, row, scroller: box } = this
    if (!store?.total) return
    const place = Math.max(0, Math.min(at, store.total - 1))
    this.current = place
    if (!store.has(place)) await store.load(Math.floor(place / PAGE))
    const top = this.list.getBoundingClientRect().top - box.getBoundingClientRect().top + place * row
    const room = box.clientHeight
    if (top < this.head || top + row > room) box.scrollBy({ top: top - Math.max(this.head, (room - row) / 2), behavior: "instant" })
    this.paint()
    const card = this.card(place)
    if (card && !card.node.isConnected) this.list.append(card.node)
    card?.rove(member)?.focus({ preventScroll: true })
  }

  /** How much of the window the page's own head takes. */
  get head() {
    return this.find(".review-head").getBoundingClientRect().bottom - this.scroller.getBoundingClientRect().top
  }
}
