// What the visitor does on the tiles, with a mouse, a finger or keys.

import { PICTURE_DRAG } from "../shared/base.js"
import { ASKED } from "../shared/edits.js"
import { offered } from "./actions.js"
import { scroller } from "./results/pages.js"
import { LongPress } from "./selection.js"

export class Input {
  selection
  grid
  gallery
  leaving = new AbortController()

  constructor(gallery) {
    Object.assign(this, { gallery, grid: gallery.grid, selection: gallery.selection })
    const { root } = gallery
    const tiles = root.querySelector(".results")
    const { signal } = this.leaving
    this.press = new LongPress(tiles, tile => this.selection.toggle(tile.item))
    tiles.onclick = event => this.onClick(event)
    tiles.ondragstart = event => this.onDrag(event)
    tiles.onpointerdown = event => this.onPress(event)
    tiles.onpointerover = event => {
      if (event.pointerType !== "touch") this.pointAt(event.target.closest(".tile"))
    }
    tiles.onfocusin = event => this.pointAt(event.target.closest(".tile"))
    root.onkeydown = event => this.onKey(event)
    root.onkeyup = event => {
      if (event.key === " " && event.target.matches(".open")) event.preventDefault() // it has chosen: it is no click
    }
    // Nothing of ours may have the focus when the visitor wants to be rid of the selection.
    document.addEventListener("keydown", event => event.target === document.body && this.onEscape(event), { signal })
    addEventListener("popstate", () => performance.mark(ASKED), { signal }) // going back asks, too
  }

  close() {
    this.leaving.abort()
  }

  onClick(event) {
    const tile = event.target.closest(".tile")
    if (!tile) return
    const button = event.target.closest("button")
    this.grid.rove(tile.item.id)
    if (button && !button.matches(".open")) this.onButton(button, tile, event)
    else this.onTile(tile.item, event)
  }

  onTile(item, { shiftKey, ctrlKey, metaKey }) {
    const tapped = this.press.from && this.selection.size
    if (shiftKey) this.selection.extend(this.grid.items, item.id)
    else if (ctrlKey || metaKey || tapped) this.selection.toggle(item)
    else this.gallery.details.open(item)
  }

  onButton(button, tile, { shiftKey }) {
    const { item } = tile
    if (button.matches(".count")) return this.openStack(tile)
    if (button.matches(".touch-menu, [data-action=menu]")) return this.openMenu(tile, button)
    if (button.matches(".pick")) this.pick(item, shiftKey)
    else this.gallery.act(button.dataset.action, this.targets(item))
    this.grid.focus(item.id, { preventScroll: true }) // the buttons go on to other tiles, the keys stay with this one
  }

  pick(item, range) {
    if (range && this.selection.anchor) this.selection.extend(this.grid.items, item.id)
    else this.selection.toggle(item)
  }

  // What is done with one that is chosen is done with all that are.
  targets(item) {
    return this.selection.has(item.id) ? this.selection.items : [item]
  }

  onKey(event) {
    event.stopPropagation() // Streamlit has shortcuts of its own on single letters
    if (event.target.closest("dialog, [popover], input")) return
    const command = event.ctrlKey || event.metaKey
    if (command && event.key === "a" && this.gallery.search) this.selection.add(this.grid.items)
    else if (command || event.altKey) return
    else if (event.key === "Escape") return this.onEscape(event)
    else if (!this.onTileKey(event, event.target.closest(".tile"))) return
    event.preventDefault()
  }

  // Whether the key means something on a tile.
  onTileKey({ key, shiftKey, target }, tile) {
    if (!tile) return false
    const { item } = tile
    const { search } = this.gallery
    const letter = key.toLowerCase()
    const next = this.grid.neighbour(item.id, key, scroller(tile).clientHeight)
    const action = offered(search).find(action => action.key === letter)
    if (next) this.moveTo(item.id, next, shiftKey)
    else if (action) this.gallery.act(action.name, this.targets(item))
    else if (search && key === " " && target.matches(".open, .pick")) this.pick(item, shiftKey)
    else if (search && letter === "d" && item.count > 1) this.openStack(tile)
    else return false
    return true
  }

  moveTo(from, to, choosing) {
    if (choosing && this.gallery.search) this.selection.extend(this.grid.items, to, from)
    this.grid.focus(to)
  }

  onEscape(event) {
    if (event.key !== "Escape" || !this.selection.size || this.gallery.find("dialog[open]")) return
    this.selection.clear()
    this.grid.focus(this.grid.current, { preventScroll: true })
  }

  pointAt(tile) {
    if (tile && !this.gallery.menu.floating.open) this.gallery.toolbar.moveTo(tile)
  }

  openMenu(tile, button) {
    const { gallery, selection } = this
    const { item } = tile
    const choices = offered(gallery.search).map(({ name, label, icon, key }) => ({
      ...{ label, icon, hint: key.toUpperCase() },
      run: () => gallery.act(name, this.targets(item)),
    }))
    const select = selection.has(item.id) ? "Deselect" : "Select"
    choices.push({ label: "Details", icon: "details", hint: "Enter", run: () => gallery.details.open(item) })
    choices.push({ label: select, icon: "select", hint: "Space", run: () => selection.toggle(item) })
    const stack = { label: "Show the stack", icon: "stack", hint: "D", run: () => this.openStack(tile) }
    if (item.count > 1) choices.push(stack)
    gallery.menu.offer(button, `Actions on ${item.name}`, choices, tile.querySelector(".open"))
  }

  openStack(tile) {
    this.gallery.stack.show(tile, this.gallery.routes)
  }

  // A finger that rests on a tile is to choose it, not to drag it.
  onPress({ target, pointerType }) {
    const tile = target.closest(".tile")
    if (tile) tile.draggable = pointerType !== "touch"
  }

  onDrag(event) {
    const item = event.target.closest(".tile")?.item
    if (!item) return
    event.dataTransfer.effectAllowed = "copy"
    event.dataTransfer.setData(PICTURE_DRAG, JSON.stringify({ id: item.content_hash, name: item.name }))
  }
}
