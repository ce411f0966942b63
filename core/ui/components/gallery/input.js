// What the visitor does on the tiles, with a mouse, a finger or keys.

import { closest, happenedOn, IMAGE_DRAG, part } from "../shared/base.js"
import { ASKED } from "../shared/edits.js"
import { offered } from "./actions.js"
import { LongPress } from "./long_press.js"
import { scroller } from "../shared/scrolling/scroller.js"

/** @import { Gallery } from "./gallery.js" */
/** @import { Choice, Known, Tile } from "./types.d.ts" */

export class Input {
  leaving = new AbortController()

  /** @param {Gallery} gallery */
  constructor(gallery) {
    const { root, grid, selection } = gallery
    this.gallery = gallery
    this.grid = grid
    this.selection = selection
    const tiles = part(root, ".results")
    const { signal } = this.leaving
    this.press = new LongPress(tiles, { tileAt: event => grid.tileAt(event), pressed: tile => selection.toggle(tile.item) })
    tiles.onclick = event => this.onClick(event)
    tiles.ondragstart = event => this.onDrag(event)
    tiles.onpointerdown = event => this.onPress(event)
    tiles.onpointerover = event => event.pointerType !== "touch" && this.pointAt(grid.tileAt(event))
    tiles.addEventListener("focusin", event => this.pointAt(grid.tileAt(event)))
    root.onkeydown = event => this.onKey(event)
    root.onkeyup = event => {
      if (event.key === " " && happenedOn(event, ".open")) event.preventDefault() // it has chosen: it is no click
    }
    // Nothing of ours may have the focus when the visitor wants to be rid of the selection.
    document.addEventListener("keydown", event => event.target === document.body && this.onEscape(event), { signal })
    addEventListener("popstate", () => performance.mark(ASKED), { signal }) // going back asks, too
  }

  close() {
    this.leaving.abort()
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const tile = this.grid.tileAt(event)
    if (!tile) return
    const button = closest(event, "button")
    this.grid.rove(tile.item.id)
    if (button && !button.matches(".open")) this.onButton(button, tile, event)
    else this.onTile(tile.item, event)
  }

  /**
   * @param {Known} item
   * @param {MouseEvent} event
   */
  onTile(item, { shiftKey, ctrlKey, metaKey }) {
    const tapped = this.press.from && this.selection.size
    if (shiftKey) this.selection.extend(this.grid.items, item.id)
    else if (ctrlKey || metaKey || tapped) this.selection.toggle(item)
    else this.gallery.details.open(item)
  }

  /**
   * @param {HTMLElement} button
   * @param {Tile} tile
   * @param {MouseEvent} event
   */
  onButton(button, tile, { shiftKey }) {
    const { item } = tile
    const { action } = button.dataset
    if (button.matches(".count")) return this.openStack(tile)
    if (button.matches(".touch-menu, [data-action=menu]")) return this.openMenu(tile, button)
    if (button.matches(".pick")) this.pick(item, shiftKey)
    else if (action) this.gallery.act(action, this.targets(item))
    this.grid.focus(item.id, { preventScroll: true }) // the buttons go on to other tiles, the keys stay with this one
  }

  /**
   * @param {Known} item
   * @param {boolean} range
   */
  pick(item, range) {
    if (range && this.selection.anchor) this.selection.extend(this.grid.items, item.id)
    else this.selection.toggle(item)
  }

  /**
   * What is done with one that is chosen is done with all that are.
   * @param {Known} item
   */
  targets(item) {
    return this.selection.has(item.id) ? this.selection.items : [item]
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    event.stopPropagation() // Streamlit has shortcuts of its own on single letters
    if (closest(event, "dialog, [popover], input")) return
    const command = event.ctrlKey || event.metaKey
    if (command && event.key === "a" && this.gallery.search) this.selection.add(this.grid.items)
    else if (command || event.altKey) return
    else if (event.key === "Escape") return this.onEscape(event)
    else if (!this.onTileKey(event, this.grid.tileAt(event))) return
    event.preventDefault()
  }

  /**
   * Whether the key means something on a tile.
   * @param {KeyboardEvent} event
   * @param {Tile | undefined} tile
   */
  onTileKey(event, tile) {
    if (!tile) return false
    const { key, shiftKey } = event
    const { item } = tile
    const { search } = this.gallery
    const letter = key.toLowerCase()
    const next = this.grid.neighbour(item.id, key, scroller(tile).clientHeight)
    const action = offered(search).find(action => action.key === letter)
    if (next) this.moveTo(item.id, next, shiftKey)
    else if (action) this.gallery.act(action.name, this.targets(item))
    else if (search && key === " " && happenedOn(event, ".open, .pick")) this.pick(item, shiftKey)
    else if (search && letter === "d" && isStack(item)) this.openStack(tile)
    else if (search && letter === "c") return this.gallery.compareSelected()
    else return false
    return true
  }

  /**
   * @param {string} from
   * @param {string} to
   * @param {boolean} choosing
   */
  moveTo(from, to, choosing) {
    if (choosing && this.gallery.search) this.selection.extend(this.grid.items, to, from)
    this.grid.focus(to)
  }

  /** @param {KeyboardEvent} event */
  onEscape(event) {
    if (event.key !== "Escape" || !this.selection.size || this.gallery.root.querySelector("dialog[open]")) return
    this.selection.clear()
    this.grid.focus(this.grid.current, { preventScroll: true })
  }

  /** @param {Tile | undefined} tile */
  pointAt(tile) {
    if (tile && !this.gallery.menu.floating.open) this.gallery.toolbar.moveTo(tile)
  }

  /**
   * @param {Tile} tile
   * @param {HTMLElement} button
   */
  openMenu(tile, button) {
    const { gallery, selection } = this
    const { item } = tile
    /** @type {Choice[]} */
    const choices = offered(gallery.search).map(({ name, label, icon, key }) => ({
      ...{ label, icon, hint: key.toUpperCase() },
      run: () => gallery.act(name, this.targets(item)),
    }))
    const select = selection.has(item.id) ? "Deselect" : "Select"
    choices.push({ label: "Details", icon: "details", hint: "Enter", run: () => gallery.details.open(item) })
    choices.push({ label: select, icon: "select", hint: "Space", run: () => selection.toggle(item) })
    const stack = { label: "Show the stack", icon: "stack", hint: "D", run: () => this.openStack(tile) }
    if (isStack(item)) choices.push(stack)
    gallery.menu.offer(button, `Actions on ${item.name}`, choices, part(tile, ".open"))
  }

  /** @param {Tile} tile */
  openStack(tile) {
    this.gallery.stack.show(tile, this.gallery.routes)
  }

  /**
   * A finger that rests on a tile is to choose it, not to drag it.
   * @param {PointerEvent} event
   */
  onPress(event) {
    const tile = this.grid.tileAt(event)
    if (tile) tile.draggable = event.pointerType !== "touch"
  }

  /** @param {DragEvent} event */
  onDrag(event) {
    const item = this.grid.tileAt(event)?.item
    const { dataTransfer: transfer } = event
    if (!item || !transfer) return
    transfer.effectAllowed = "copy"
    transfer.setData(IMAGE_DRAG, JSON.stringify({ id: item.content_hash, name: item.name }))
  }
}

/** @param {Known} item */
function isStack({ count = 1 }) {
  return count > 1
}
