// Where the visitor was on a page of results: how many were loaded, and which stood at the top. Kept by this tab for
// each search, and gone back to when the browser goes back, forward, or loads the page again.

import { keepPlaces, places } from "./places.js"
import { scroller } from "../../shared/scrolling/scroller.js"

/** @import { Gallery } from "../gallery.js" */
/** @import { Search } from "../types.d.ts" */
/** @import { PlaceOnPage } from "./places.js" */

const NOTED = 150 // milliseconds
const RETURNED = 15_000 // milliseconds: what comes later has nothing to do with going back

const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"))
let returned = /reload|back_forward/.test(navigation?.type ?? "") ? 0 : -Infinity
addEventListener("popstate", () => (returned = performance.now()))

export class Place {
  leaving = new AbortController()
  name = "" // of the search that is shown
  /** @type {PlaceOnPage | null} */
  wanted = null // what is to be gone back to
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  soon

  /** @param {Gallery} gallery */
  constructor(gallery) {
    this.gallery = gallery
    const { signal } = this.leaving
    addEventListener("pagehide", () => this.note(), { signal })
    for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"]) {
      addEventListener(kind, () => (this.wanted = null), { signal, capture: true, passive: true })
    }
    addEventListener("scroll", () => this.later(), { signal, capture: true, passive: true })
  }

  close() {
    clearTimeout(this.soon)
    this.leaving.abort()
  }

  later() {
    if (!this.soon) this.soon = setTimeout(() => this.note(), NOTED)
  }

  // Not while a place is still to be gone back to.
  note() {
    clearTimeout(this.soon)
    this.soon = undefined
    if (!this.gallery.search || this.wanted || !this.name) return
    keepPlaces(this.name, this.current)
  }

  /** @returns {PlaceOnPage | null} */
  get current() {
    const { grid, pages, root } = this.gallery
    const scrolled = scroller(root).scrollTop
    if (scrolled < 1) return null
    const top = grid.firstBelow(this.edge)
    const offset = top && grid.tile(top.id).getBoundingClientRect().top
    return { loaded: pages.next, id: top?.id, offset, scrolled }
  }

  /**
   * Another search, or the first one.
   * @param {Search | null} search
   */
  begin(search) {
    if (this.name) this.note()
    this.name = JSON.stringify(search)
    this.wanted = performance.now() - returned < RETURNED ? (places().get(this.name) ?? null) : null
    returned = -Infinity
  }

  // How many results are to be loaded before.
  get loaded() {
    return this.wanted?.loaded ?? 0
  }

  // As soon as it is all there.
  go() {
    const { grid, pages, root } = this.gallery
    const place = this.wanted
    if (!place || (pages.next < place.loaded && pages.more && !pages.trouble)) return
    const tile = grid.tiles.get(place.id ?? "")
    const box = scroller(root)
    if (tile) box.scrollTop += tile.getBoundingClientRect().top - (place.offset ?? 0)
    else box.scrollTop = place.scrolled
    this.wanted = null
  }

  // What is above it is hidden: under the head of the page and the search box, which stays in reach.
  get edge() {
    return 2 * parseFloat(getComputedStyle(document.documentElement).fontSize)
  }
}
