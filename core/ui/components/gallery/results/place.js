// Where the visitor was on a page of results: how many were loaded, and which stood at the top. Kept by this tab for
// each search, and gone back to when the browser goes back, forward, or loads the page again.

import { scroller } from "./pages.js"

const PLACES = "image-search-places"
const MOST_PLACES = 40
const NOTED = 150 // milliseconds
const RETURNED = 15_000 // milliseconds: what comes later has nothing to do with going back

const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"))
let returned = /reload|back_forward/.test(navigation?.type) ? 0 : -Infinity
addEventListener("popstate", () => (returned = performance.now()))

export class Place {
  leaving = new AbortController()

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
    const { search, grid, pages } = this.gallery
    if (!search || this.wanted || !this.name) return
    const edge = this.edge
    const top = grid.items.find(({ id }) => grid.tiles.get(id).getBoundingClientRect().bottom > edge)
    const scrolled = scroller(this.gallery.root).scrollTop
    const others = Object.entries(places()).filter(([name]) => name !== this.name)
    const place = scrolled < 1 ? null : {
      loaded: pages.next,
      id: top?.id,
      offset: top && grid.tiles.get(top.id).getBoundingClientRect().top,
      scrolled,
    }
    keepPlaces([...others, ...(place ? [[this.name, place]] : [])].slice(-MOST_PLACES))
  }

  // Another search, or the first one.
  begin(search) {
    if (this.name) this.note()
    this.name = JSON.stringify(search)
    this.wanted = performance.now() - returned < RETURNED ? (places()[this.name] ?? null) : null
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
    const tile = grid.tiles.get(place.id)
    const box = scroller(root)
    if (tile) box.scrollTop += tile.getBoundingClientRect().top - place.offset
    else box.scrollTop = place.scrolled
    this.wanted = null
  }

  // What is above it is hidden: under the head of the page and the search box, which stays in reach.
  get edge() {
    return 2 * parseFloat(getComputedStyle(document.documentElement).fontSize)
  }
}

function places() {
  try {
    return JSON.parse(sessionStorage.getItem(PLACES) ?? "{}")
  } catch {
    return {}
  }
}

function keepPlaces(entries) {
  try {
    sessionStorage.setItem(PLACES, JSON.stringify(Object.fromEntries(entries)))
  } catch {
    // full, or not allowed
  }
}
