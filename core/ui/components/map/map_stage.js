// The map itself: points, pictures and names, seen from somewhere, and what is pointed at in it.

import { parts } from "../shared/base.js"
import { Colouring } from "./colours/colouring.js"
import { Mosaic } from "./overlay/mosaic.js"
import { nameAt } from "./overlay/names.js"
import { Overlay } from "./overlay/overlay.js"
import { themeOf } from "./overlay/theme.js"
import { Cells } from "./points/cells.js"
import { Pace } from "./points/detail.js"
import { PointRenderer } from "./points/renderer.js"
import { Scene } from "./points/scene.js"
import { Viewpoint } from "./view/viewpoint.js"

/** @import { Pictures } from "./data/pictures.js" */
/** @import { Bounds, Cluster, Pair, Place, Points, Rgb, Sight } from "./types.d.ts" */

const REST = 130 // milliseconds without a movement
const MAX_RATIO = 2 // pixels of the screen in one of CSS: more are not seen in a point
const REACH = { mouse: 9, touch: 20 } // pixels around a point

export class MapStage {
  /** @type {Cells | null} */
  cells = null
  /** @type {Uint32Array} */
  clusterOf = new Uint32Array(0) // by point
  /** @type {Pictures | null} */
  pictures = null
  /** @type {Cluster[]} */
  clusters = []
  /** @type {Uint8Array | null} */
  lit = null // by place, 1 where it is
  /** @type {Uint8Array | null} */
  chosen = null
  /** @type {Pair[] | null} */
  outline = null
  /** @type {(Place & { name: string }) | null} */
  query = null
  /** @type {Cluster | null} */
  emphasis = null
  pointed = -1 // place
  pinned = -1
  frame = 0 // that is asked for
  lastMoved = 0
  last = "" // from where the last frame was seen
  isStale = true // the points
  hasMore = false
  wasMoving = false
  isDrawn = false // whether all points have been drawn once

  /**
   * @param {HTMLElement} box
   * @param {{
   *   thumbnails: string, moved: () => void, rested: () => void, painted: () => void, drawn: () => void,
   *   lost: (isLost: boolean) => void,
   * }} options `painted`: with other colours; `drawn`: for the first time, with all points.
   */
  constructor(box, { thumbnails, moved, rested, painted, drawn, lost }) {
    this.box = box
    this.handlers = { moved, rested, painted, drawn }
    const [points, over] = parts(box, "canvas", HTMLCanvasElement)
    this.surface = over
    this.view = new Viewpoint(() => this.paint())
    this.camera = this.view.camera
    this.pace = new Pace()
    this.colouring = new Colouring()
    this.renderer = new PointRenderer(points, { lost: () => lost(true), restored: () => this.onRestored(lost) })
    this.scene = new Scene(this.renderer, this.pace)
    this.overlay = new Overlay(over)
    this.mosaic = new Mosaic(thumbnails, () => this.paint())
    this.theme = themeOf(box)
    this.sizing = new ResizeObserver(() => this.fit())
    this.sizing.observe(box)
    this.fit()
  }

  close() {
    cancelAnimationFrame(this.frame)
    this.sizing.disconnect()
    this.mosaic.close()
    this.renderer.close()
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.box
    if (!width || !height) return
    const isFirst = this.camera.width === 1
    const isWhole = this.camera.scale <= this.camera.fitted(this.camera.bounds).scale * 1.01
    const ratio = Math.min(MAX_RATIO, devicePixelRatio || 1)
    this.camera.resize(width, height)
    this.renderer.resize(width, height, ratio)
    this.overlay.resize(width, height, ratio)
    if (isFirst || isWhole) this.camera.look(this.camera.fitted(this.camera.bounds))
    this.repaint()
  }

  /**
   * @param {Points} points
   * @param {Bounds} bounds
   * @param {Pictures} pictures
   * @param {Sight | null} sight From where it is seen; null: all of it.
   */
  begin({ xy, clusters }, bounds, pictures, sight) {
    this.cells = new Cells(xy, bounds)
    this.clusterOf = clusters
    this.pictures = pictures
    this.lit = this.chosen = this.emphasis = this.query = null
    this.pointed = this.pinned = -1
    this.isDrawn = false
    this.camera.begin(bounds, this.cells.count)
    this.camera.look(sight ?? this.camera.fitted(bounds))
    this.scene.begin(this.cells)
    this.scene.light("lit", null)
    this.scene.light("chosen", null)
    this.colouring.begin(null, this.cells)
    this.renderer.send("shades", this.colouring.byPlace)
    this.recolour()
  }

  /** @param {(isLost: boolean) => void} lost */
  onRestored(lost) {
    lost(false)
    this.repaint()
  }

  /** With other colours, or others hidden. */
  recolour() {
    this.theme = themeOf(this.box)
    this.colouring.paint(this.theme)
    this.renderer.paint(this.colouring.table)
    const part = (/** @type {Rgb} */ colour) => colour.map(value => value / 255)
    const { text, paper, accent } = this.theme
    const faded = part(/** @type {Rgb} */ (paper.map((value, at) => value + (text[at] - value) * 0.3)))
    this.scene.tones = { faded, paper: part(paper), accent: part(accent) }
    this.repaint()
  }

  /** With other values of the points. */
  reshade() {
    this.renderer.send("shades", this.colouring.byPlace)
    this.recolour()
  }

  /**
   * @param {"lit" | "chosen"} which
   * @param {ArrayLike<number> | null} points
   */
  light(which, points) {
    const { cells } = this
    if (!cells) return
    const places = points && Uint32Array.from(points, point => cells.places[point])
    this[which] = places && (which === "lit" || places.length) ? marked(places, cells.count) : null
    this.scene.light(which, places)
    this.repaint()
  }

  /** Whether the theme has changed, it is told by the colour of the text. */
  checkTheme() {
    const { text, paper } = themeOf(this.box)
    if (String([text, paper]) === String([this.theme.text, this.theme.paper])) return
    this.recolour()
    this.handlers.painted()
  }

  repaint() {
    this.isStale = true
    this.scene.restart()
    this.paint()
  }

  paint() {
    if (!this.frame) this.frame = requestAnimationFrame(now => this.onFrame(now))
  }

  /** @param {number} now */
  onFrame(now) {
    this.frame = 0
    if (!this.cells) return
    const from = this.view.at(now)
    const isMoved = from !== this.last
    this.last = from
    if (isMoved) this.lastMoved = now
    const moves = now - this.lastMoved < REST
    this.drawPoints(now, isMoved, moves)
    this.drawOver(moves)
    if (isMoved) this.handlers.moved()
    if (this.wasMoving && !moves) this.handlers.rested()
    this.wasMoving = moves
    if (moves || this.hasMore || this.view.flies) this.paint()
  }

  /**
   * @param {number} now
   * @param {boolean} isMoved
   * @param {boolean} moves
   */
  drawPoints(now, isMoved, moves) {
    const hasCome = this.wasMoving && !moves
    const isDue = isMoved || this.isStale || this.hasMore || hasCome
    this.pace.frame(now, isMoved ? this.scene.drawn : 0)
    if (!isDue) return
    this.isStale = false
    this.hasMore = this.scene.draw(this.camera, moves && isMoved)
    if (!this.hasMore && !this.isDrawn) requestAnimationFrame(() => this.handlers.drawn()) // the frame after: it was painted
    this.isDrawn ||= !this.hasMore
  }

  /** @param {boolean} moves */
  drawOver(moves) {
    const { camera, cells, pictures } = this
    if (!cells || !pictures) return
    const isShown = (/** @type {number} */ place) => this.colouring.isShown(place)
    this.mosaic.compose(camera, cells, { pictures, isShown, isLit: place => this.standsOut(place), asks: !moves })
    for (const place of [this.pinned, this.pointed]) if (place >= 0) pictures.get(cells.points[place])
    this.overlay.draw(camera, this.theme, {
      pictures: this.mosaic.drawn,
      colourOf: place => (this.chosen?.[place] ? this.theme.accent : this.colouring.of(place)),
      isFaint: place => Boolean(this.lit ?? this.chosen) && !this.standsOut(place),
      clusters: this.clusters,
      emphasis: this.emphasis,
      outline: this.outline,
      query: this.query,
      rings: this.rings,
    })
  }

  /** @param {number} place */
  standsOut(place) {
    return Boolean(this.lit?.[place] || this.chosen?.[place])
  }

  get rings() {
    const places = [...new Set([this.pinned, this.pointed])].filter(place => place >= 0)
    return places.map(place => {
      const picture = this.mosaic.drawn.find(one => one.place === place)
      return { ...this.placeOf(place), radius: picture ? Math.hypot(picture.width, picture.height) / 2 + 4 : 9 }
    })
  }

  /**
   * Of the map.
   * @param {number} place
   * @returns {Place}
   */
  placeOf(place) {
    const { xy } = /** @type {Cells} */ (this.cells)
    return { x: xy[2 * place], y: xy[2 * place + 1] }
  }

  /** @param {number} place */
  pointOf(place) {
    return place >= 0 && this.cells ? this.cells.points[place] : -1
  }

  /**
   * The point that is pointed at, by its place; −1 where none is.
   * @param {Place} at Pixels.
   * @param {boolean} isTouch
   */
  at(at, isTouch) {
    const pictured = this.mosaic.at(at)
    if (pictured >= 0) return pictured
    return this.near(at, isTouch ? REACH.touch : REACH.mouse)
  }

  /**
   * @param {Place} at Pixels.
   * @param {number} reach Pixels.
   */
  near(at, reach) {
    const { x, y } = this.camera.toMap(at.x, at.y)
    const radius = reach / this.camera.scale
    return this.cells?.nearest(x, y, radius, place => this.colouring.isShown(place)) ?? -1
  }

  /**
   * The cluster whose name is pointed at.
   * @param {Place} at Pixels.
   */
  nameAt({ x, y }) {
    return nameAt(this.overlay.labels, x, y)?.cluster ?? null
  }
}

/**
 * @param {Uint32Array} places
 * @param {number} count Of all.
 */
function marked(places, count) {
  const marks = new Uint8Array(count)
  for (const place of places) marks[place] = 1
  return marks
}
