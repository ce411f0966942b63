// The tiles in their places: the matches, and below a heading what counts as no match. One tile at a time is in the tab
// order; keys move which.

import { arrange, closest, finder, focusedBeside, part } from "../../shared/base.js"
import { matches } from "./matching.js"
import { fill, nameTile, newTile } from "./tile.js"

/** @import { Known, Routes, Search, Tile } from "../types.d.ts" */

const EDGE = 6 // pixels around a tile: its padding

export class Grid {
  /** @type {Map<string, Tile>} */
  tiles = new Map() // by id, in the order of `items`
  /** @type {Map<string, Tile>} */
  made = new Map() // also those that are not shown at the moment
  /** @type {Known[]} */
  items = []
  above = 0 // how many stand above the heading
  columns = 0
  /** @type {string | undefined} */
  current // the id of the one in the tab order

  /** @param {HTMLElement} root */
  constructor(root) {
    const find = finder(root)
    this.root = root
    this.matches = find(".matches")
    this.weaker = find(".weaker")
    this.divider = find(".divider")
    this.template = part(find("template", HTMLTemplateElement).content, ".tile")
    this.results = find(".results")
    this.wanted = find(".wanted-width")
    const broken = (/** @type {Event} */ event) => closest(event, ".tile")?.classList.add("broken")
    this.results.addEventListener("error", broken, true) // it does not bubble
  }

  /**
   * @param {Known[]} items
   * @param {{ search: Search | null, routes: Routes, divided: boolean }} context
   */
  show(items, { search, routes, divided }) {
    const focused = this.focused
    const isAbove = (/** @type {Known} */ item) => !divided || matches(item)
    const above = items.filter(isAbove)
    this.items = [...above, ...items.filter(item => !isAbove(item))]
    this.above = above.length
    this.tiles = new Map(this.items.map(item => [item.id, this.made.get(item.id) ?? newTile(this.template, item)]))
    for (const [id, tile] of this.tiles) this.made.set(id, tile)
    this.items.forEach((item, at) => fill(this.tile(item.id), item, at, { search, routes }))
    this.arrange()
    this.rove(this.current !== undefined && this.tiles.has(this.current) ? this.current : this.items[0]?.id)
    if (focused) this.focus(this.current, { preventScroll: true })
  }

  /**
   * The tile of a picture that is shown.
   * @param {string} id
   */
  tile(id) {
    const tile = this.tiles.get(id)
    if (!tile) throw new RangeError(`There is no tile for ${id}.`)
    return tile
  }

  /**
   * The tile that an event happened in.
   * @param {Event} event
   */
  tileAt(event) {
    return this.tiles.get(closest(event, ".tile")?.dataset.id ?? "")
  }

  arrange() {
    const tiles = [...this.tiles.values()]
    arrange(this.matches, tiles.slice(0, this.above))
    arrange(this.weaker, tiles.slice(this.above))
    this.matches.hidden = !this.above
    this.weaker.hidden = this.divider.hidden = this.above === tiles.length
  }

  /** @param {{ size: number, has(id: string): boolean }} selection */
  paint(selection) {
    this.root.classList.toggle("selecting", selection.size > 0)
    for (const [id, tile] of this.tiles) {
      const selected = selection.has(id)
      if (tile.classList.contains("selected") === selected) continue
      tile.classList.toggle("selected", selected)
      part(tile, ".pick").setAttribute("aria-checked", String(selected))
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
    const width = this.results.offsetWidth + 2 * EDGE
    const columns = Math.max(1, Math.floor(width / (this.wanted.offsetWidth + 2 * EDGE)) || 0)
    if (columns === this.columns) return
    this.columns = columns
    this.results.style.setProperty("--columns", String(columns))
  }

  get focused() {
    return focusedBeside(this.root)?.closest(".tile")
  }

  /**
   * The first that reaches below a height of the window, in pixels.
   * @param {number} height
   */
  firstBelow(height) {
    return this.items.find(({ id }) => this.tile(id).getBoundingClientRect().bottom > height)
  }

  /**
   * @param {string | undefined} id
   * @param {FocusOptions} [options]
   */
  focus(id, options) {
    const tile = this.tiles.get(id ?? "")
    if (!tile) return
    this.rove(id)
    part(tile, ".open").focus(options)
  }

  /** @param {string | undefined} id */
  rove(id) {
    const [before, after] = [this.current, id].map(one => this.tiles.get(one ?? ""))
    if (before) part(before, ".open").tabIndex = -1
    if (after) part(after, ".open").tabIndex = 0
    this.current = id
  }

  /**
   * The id that a key leads to; undefined where the key leads nowhere.
   * @param {string} id
   * @param {string} key
   * @param {number} height Of what is seen at one time, in pixels.
   */
  neighbour(id, key, height) {
    const { at, offsetHeight } = this.tile(id)
    const last = this.items.length - 1
    const screen = Math.max(1, Math.floor(height / offsetHeight))
    const moves = new Map([
      ["ArrowRight", Math.min(at + 1, last)],
      ["ArrowLeft", Math.max(at - 1, 0)],
      ["ArrowDown", this.vertically(at, 1)],
      ["ArrowUp", this.vertically(at, -1)],
      ["PageDown", this.vertically(at, screen)],
      ["PageUp", this.vertically(at, -screen)],
      ["Home", 0],
      ["End", last],
    ])
    const place = moves.get(key)
    return place === undefined ? undefined : this.items[place].id
  }

  /**
   * The place so many rows away. What is below the heading begins on a row of its own.
   * @param {number} at
   * @param {number} rows
   */
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
