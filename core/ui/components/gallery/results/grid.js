// The tiles in their places: the matches, and below a heading what counts as no match. One tile at a time is in the tab
// order; keys move which.

import { arrange } from "../../shared/base.js"
import { matches } from "./matching.js"
import { fill, nameTile } from "./tile.js"

const EDGE = 6 // pixels around a tile: its padding

export class Grid {
  tiles = new Map() // id → tile, in the order of `items`
  made = new Map() // also those that are not shown at the moment
  items = []
  above = 0 // how many stand above the heading
  columns = 0

  constructor(root) {
    this.root = root
    this.matches = root.querySelector(".matches")
    this.weaker = root.querySelector(".weaker")
    this.divider = root.querySelector(".divider")
    this.template = root.querySelector("template").content.firstElementChild
    const results = (this.results = root.querySelector(".results"))
    const broken = ({ target }) => target.closest(".tile").classList.add("broken")
    results.addEventListener("error", broken, true) // it does not bubble
  }

  show(items, { search, routes, divided }) {
    const focused = this.focused
    const { made } = this
    const isAbove = item => !divided || matches(item)
    const above = items.filter(isAbove)
    this.items = [...above, ...items.filter(item => !isAbove(item))]
    this.above = above.length
    for (const { id } of this.items) if (!made.has(id)) made.set(id, this.template.cloneNode(true))
    this.tiles = new Map(this.items.map(({ id }) => [id, made.get(id)]))
    this.items.forEach((item, at) => fill(this.tiles.get(item.id), item, at, { search, routes }))
    this.arrange()
    this.rove(this.tiles.has(this.current) ? this.current : this.items[0]?.id)
    if (focused) this.focus(this.current, { preventScroll: true })
  }

  arrange() {
    const tiles = [...this.tiles.values()]
    arrange(this.matches, tiles.slice(0, this.above))
    arrange(this.weaker, tiles.slice(this.above))
    this.matches.hidden = !this.above
    this.weaker.hidden = this.divider.hidden = this.above === tiles.length
  }

  paint(selection) {
    this.root.classList.toggle("selecting", selection.size > 0)
    for (const [id, tile] of this.tiles) {
      const selected = selection.has(id)
      if (tile.classList.contains("selected") === selected) continue
      tile.classList.toggle("selected", selected)
      tile.querySelector(".pick").setAttribute("aria-checked", selected)
      nameTile(tile)
    }
  }

  // Another search has tiles of its own: those of the one before would move about.
  forget() {
    this.made = new Map()
  }

  // As many columns as fit at the width that tiles are wanted at. Each has an edge that its ring needs, which the list
  // goes beyond.
  fit() {
    const wanted = this.root.querySelector(".wanted-width").offsetWidth
    const width = this.results.offsetWidth + 2 * EDGE
    const columns = Math.max(1, Math.floor(width / (wanted + 2 * EDGE)) || 0)
    if (columns === this.columns) return
    this.columns = columns
    this.results.style.setProperty("--columns", columns)
  }

  get focused() {
    return this.root.getRootNode().activeElement?.closest(".tile")
  }

  focus(id, options) {
    if (!this.tiles.has(id)) return
    this.rove(id)
    this.tiles.get(id).querySelector(".open").focus(options)
  }

  rove(id) {
    for (const [tile, index] of [[this.tiles.get(this.current), -1], [this.tiles.get(id), 0]]) {
      if (tile) tile.querySelector(".open").tabIndex = index
    }
    this.current = id
  }

  // The id that a key leads to; undefined where the key leads nowhere.
  neighbour(id, key, height) {
    const { at } = this.tiles.get(id)
    const last = this.items.length - 1
    const screen = Math.max(1, Math.floor(height / this.tiles.get(id).offsetHeight))
    const moves = {
      ArrowRight: () => Math.min(at + 1, last),
      ArrowLeft: () => Math.max(at - 1, 0),
      ArrowDown: () => this.vertically(at, 1),
      ArrowUp: () => this.vertically(at, -1),
      PageDown: () => this.vertically(at, screen),
      PageUp: () => this.vertically(at, -screen),
      Home: () => 0,
      End: () => last,
    }
    return Object.hasOwn(moves, key) ? this.items[moves[key]()].id : undefined
  }

  // The place so many rows away. What is below the heading begins on a row of its own.
  vertically(at, rows) {
    const { above, columns } = this
    const [before, below] = [Math.ceil(above / columns), this.items.length - above]
    const first = at < above ? 0 : above
    const row = (first && before) + Math.floor((at - first) / columns)
    const wanted = Math.max(0, Math.min(row + rows, before + Math.ceil(below / columns) - 1))
    if (wanted === row) return at
    const column = (at - first) % columns
    if (wanted < before) return Math.min(wanted * columns + column, above - 1)
    return above + Math.min((wanted - before) * columns + column, below - 1)
  }
}
