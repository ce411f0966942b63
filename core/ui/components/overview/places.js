// Where pictures were taken: dots on the outline of the land, or on the map that the settings allow.

import { element } from "../shared/base.js"
import { plural } from "../shared/format.js"
import { ask } from "../shared/requests.js"
import { button } from "./cards.js"
import { frameOf, inWords, outline, spot, tilesOf, tileUrl } from "./mercator.js"

/** @import { Acts, Dot, Frame, Routes, Tiles } from "./types.d.ts" */

const HEIGHT = 230 // pixels
const LISTED = 12

/** @type {Promise<number[][]> | null} */
let land = null

export class Places {
  /**
   * @param {Dot[]} dots
   * @param {Routes} routes
   * @param {Tiles | null} tiles
   * @param {Acts} acts
   */
  constructor(dots, routes, tiles, acts) {
    this.dots = dots
    this.routes = routes
    this.tiles = tiles
    this.acts = acts
    this.map = element("div", { class: "map" })
    this.element = element("div", { class: "places" })
    this.element.append(this.map, this.list())
    this.width = 0
    this.watching = new ResizeObserver(() => this.draw())
    this.watching.observe(this.map)
  }

  close() {
    this.watching.disconnect()
  }

  draw() {
    const width = Math.round(this.map.clientWidth)
    if (!width || width === this.width) return
    this.width = width
    const frame = frameOf(this.dots, width / HEIGHT, Boolean(this.tiles))
    const picture = shape("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, "aria-hidden": "true" })
    const ground = shape("path", { class: "land" })
    if (!this.tiles) picture.append(ground)
    picture.append(...this.spots(frame, width))
    this.map.replaceChildren(...(this.tiles ? this.background(this.tiles, frame, width) : []), picture)
    if (!this.tiles) outlines(this.routes.land).then(rings => ground.setAttribute("d", outline(rings, frame, width)), () => {})
  }

  /**
   * @param {Tiles} tiles
   * @param {Frame} frame
   * @param {number} width
   */
  background(tiles, frame, width) {
    const images = tilesOf(frame, width).map(tile => {
      const image = element("img", { alt: "", loading: "lazy", decoding: "async", referrerpolicy: "no-referrer", draggable: "false" })
      Object.assign(image.style, { left: `${tile.left}px`, top: `${tile.top}px`, width: `${tile.side + 0.5}px`, height: `${tile.side + 0.5}px` })
      image.src = tileUrl(tiles.url, tile)
      return image
    })
    return [...images, element("span", { class: "credit" }, tiles.credit)]
  }

  /**
   * @param {Frame} frame
   * @param {number} width
   */
  spots(frame, width) {
    const most = Math.max(...this.dots.map(dot => dot.count))
    const scale = width / frame.width
    return this.dots.toReversed().map(dot => {
      const { x, y } = spot(dot.latitude, dot.longitude)
      const radius = 3 + 9 * Math.sqrt(dot.count / most)
      const made = shape("circle", { class: "dot", cx: (x - frame.left) * scale, cy: (y - frame.top) * scale, r: radius })
      const title = shape("title", {})
      title.textContent = `${inWords(dot)}: ${plural(dot.count, "picture")}`
      made.append(title)
      made.onclick = () => this.acts.ask?.({ cell: dot.cell })
      return made
    })
  }

  /** The same for the keyboard and for screen readers. */
  list() {
    const made = element("details", { class: "listed" })
    const list = element("ul")
    for (const dot of this.dots.slice(0, LISTED)) {
      const place = element("li")
      place.append(button("quiet", () => this.acts.ask?.({ cell: dot.cell }), `${inWords(dot)} · ${plural(dot.count, "picture")}`))
      list.append(place)
    }
    const words = this.dots.length > LISTED ? `The ${LISTED} places with most pictures` : "Places as a list"
    made.append(element("summary", {}, words), list)
    return made
  }
}

/** @param {string} url */
function outlines(url) {
  land ??= ask(url)
  return land
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 */
function shape(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  return /** @type {SVGElement} */ (made)
}
