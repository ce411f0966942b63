// The boxes of labels, drawn on the tiles: asked for when they are wanted, for the tiles that are new.

import { element } from "../../shared/base.js"
import { boxesOnTiles } from "../../shared/setting.js"
import { ask, Latest, stopped } from "../../shared/requests.js"

/** @import { LabelledBox, Pictures, Routes, Tile } from "../types.d.ts" */

const AT_ONCE = 100 // pictures of one request
const LIGHT = 150 // of 255: on lighter colours letters are black

export class TileBoxes {
  /** @type {Map<string, LabelledBox[]>} */
  known = new Map() // by id
  /** @type {Map<string, Tile>} */
  tiles = new Map() // by id
  /** @type {string | undefined} */
  url
  latest = new Latest()
  leaving = new AbortController()

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root
    boxesOnTiles.listen(() => this.paint(), this.leaving.signal)
  }

  close() {
    this.latest.stop()
    this.leaving.abort()
  }

  // Another search: labels may have been edited since the last.
  forget() {
    this.latest.stop()
    this.known.clear()
  }

  /**
   * @param {Map<string, Tile>} tiles
   * @param {Routes} routes
   */
  show(tiles, { pictures }) {
    this.tiles = tiles
    this.url = pictures
    this.paint()
  }

  paint() {
    const on = boxesOnTiles.value && Boolean(this.url)
    this.root.classList.toggle("drawn-boxes", on)
    if (!on) return this.latest.stop()
    for (const [id, tile] of this.tiles) draw(tile, this.known.get(id))
    this.load()
  }

  // One request after the other, until all are here; what goes wrong is tried again with the next search or page.
  async load() {
    const { url } = this
    if (!url || this.latest.current) return
    const signal = this.latest.begin()
    try {
      for (let ids = this.missing(); ids.length; ids = this.missing()) {
        /** @type {Pictures} */
        const { pictures } = await ask(url, { ids }, signal)
        for (const id of ids) this.known.set(id, [])
        for (const { id, labelled_boxes: boxes } of pictures) this.known.set(id, boxes)
        for (const id of ids) draw(this.tiles.get(id), this.known.get(id))
      }
    } catch (error) {
      if (stopped(error)) return
    }
    this.latest.stop()
  }

  missing() {
    const wanted = [...this.tiles.values()].filter(({ item }) => item.boxes && !this.known.has(item.id))
    return wanted.slice(0, AT_ONCE).map(({ item }) => item.id)
  }
}

/**
 * Once for each tile and its boxes. They lie where the picture does: as large as it, and cropped with it.
 * @param {Tile | undefined} tile
 * @param {LabelledBox[] | undefined} boxes
 */
function draw(tile, boxes) {
  if (!tile || !boxes || tile.boxes === boxes) return
  tile.boxes = boxes
  tile.querySelector(".boxes")?.remove()
  const { width = 0, height = 0 } = tile.item
  if (!boxes.length || !width || !height) return
  const layer = element("span", { class: "boxes", "aria-hidden": true })
  const area = element("span")
  area.style.setProperty("--ratio", String(width / height))
  area.append(...boxes.map(drawn))
  layer.append(area)
  tile.querySelector(".open")?.append(layer)
}

/** @param {LabelledBox} box */
function drawn({ label, colour, left, top, width, height }) {
  const box = element("i", { "data-label": label })
  for (const [side, share] of Object.entries({ left, top, width, height })) box.style.setProperty(side, `${100 * share}%`)
  box.style.setProperty("--colour", colour)
  box.style.setProperty("--ink", inkOn(colour))
  return box
}

/**
 * The colour of letters that can be read on a colour.
 * @param {string} colour `#rrggbb`
 */
function inkOn(colour) {
  const [red, green, blue] = [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16))
  return 0.299 * red + 0.587 * green + 0.114 * blue > LIGHT ? "#000" : "#fff" // ITU-R BT.601
}
