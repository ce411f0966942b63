// What lies over the points: pictures, names of clusters, what is being drawn around, where the search is, what is
// pointed at.

import { css } from "../colours/palette.js"
import { lettering, placedNames } from "./names.js"

/** @import { Camera } from "../view/camera.js" */
/** @import { Cluster, Label, Pair, Place, Rgb } from "../types.d.ts" */
/** @import { Drawn } from "./mosaic.js" */
/** @import { Theme } from "./theme.js" */

/**
 * @typedef {{
 *   pictures: Drawn[], colourOf: (place: number) => Rgb, isFaint: (place: number) => boolean, clusters: Cluster[],
 *   emphasis: Cluster | null, outline: Pair[] | null, query: (Place & { name: string }) | null,
 *   rings: (Place & { radius: number })[],
 * }} Drawing Places are of the map.
 */

const BORDER = 2 // pixels
const FAINT = 0.28
const HALO = 4
const MARK = 9 // pixels, of the search

export class Overlay {
  /** @type {Label[]} */
  labels = []
  /** @type {Map<string, number>} */
  widths = new Map()
  ratio = 1

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas
    this.pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
  }

  /**
   * @param {number} width
   * @param {number} height
   * @param {number} ratio
   */
  resize(width, height, ratio) {
    this.ratio = ratio
    this.canvas.width = Math.round(width * ratio)
    this.canvas.height = Math.round(height * ratio)
  }

  /**
   * @param {Camera} camera
   * @param {Theme} theme
   * @param {Drawing} what
   */
  draw(camera, theme, what) {
    const { pen, ratio } = this
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    pen.clearRect(0, 0, camera.width, camera.height)
    for (const one of [...what.pictures].reverse()) this.picture(one, what.colourOf(one.place), what.isFaint(one.place))
    if (what.emphasis) this.circle(camera.toScreen(what.emphasis.x, what.emphasis.y), what.emphasis.radius * camera.scale, theme)
    const taken = what.query ? [this.markBox(camera.toScreen(what.query.x, what.query.y), what.query.name, theme)] : []
    this.labels = placedNames(what.clusters, camera, (text, level) => this.width(text, level, theme), taken)
    for (const label of this.labels) this.name(label, theme, what.emphasis === label.cluster)
    if (what.query) this.mark(camera.toScreen(what.query.x, what.query.y), what.query.name, theme)
    for (const { x, y, radius } of what.rings) this.ring(camera.toScreen(x, y), radius, theme)
    if (what.outline) this.outline(camera, what.outline, theme)
  }

  /**
   * @param {Drawn} picture
   * @param {Rgb} colour
   * @param {boolean} isFaint
   */
  picture({ x, y, width, height, image }, colour, isFaint) {
    const { pen } = this
    const [left, top] = [x - width / 2, y - height / 2]
    pen.globalAlpha = isFaint ? FAINT : 1
    pen.drawImage(image, left, top, width, height)
    pen.lineWidth = BORDER
    pen.lineJoin = "miter"
    pen.strokeStyle = css(colour)
    pen.strokeRect(left - BORDER / 2, top - BORDER / 2, width + BORDER, height + BORDER)
    pen.globalAlpha = 1
  }

  /**
   * @param {string} text
   * @param {number} level
   * @param {Theme} theme
   */
  width(text, level, theme) {
    const key = `${level} ${text}`
    let width = this.widths.get(key)
    if (width === undefined) {
      this.letter(level, theme)
      width = this.pen.measureText(text).width
      this.widths.set(key, width)
    }
    return width
  }

  /**
   * @param {number} level
   * @param {Theme} theme
   */
  letter(level, { font }) {
    const [size, weight] = lettering(level)
    this.pen.font = `${weight} ${size}px ${font}`
    this.pen.textAlign = "center"
    this.pen.textBaseline = "middle"
  }

  /**
   * @param {Label} label
   * @param {Theme} theme
   * @param {boolean} isEmphasised
   */
  name({ cluster, x, y }, theme, isEmphasised) {
    this.letter(cluster.level, theme)
    this.text(cluster.name, x, y, theme, isEmphasised ? theme.accent : theme.text)
  }

  /**
   * @param {string} text
   * @param {number} x
   * @param {number} y
   * @param {Theme} theme
   * @param {Rgb} colour
   */
  text(text, x, y, { paper }, colour) {
    const { pen } = this
    pen.lineJoin = "round"
    pen.lineWidth = HALO
    pen.strokeStyle = `rgb(${paper.join(" ")} / 0.86)`
    pen.strokeText(text, x, y)
    pen.fillStyle = css(colour)
    pen.fillText(text, x, y)
  }

  /**
   * @param {Place} at
   * @param {number} radius
   * @param {Theme} theme
   */
  circle({ x, y }, radius, { accent }) {
    const { pen } = this
    pen.beginPath()
    pen.arc(x, y, radius, 0, 2 * Math.PI)
    pen.fillStyle = `rgb(${accent.join(" ")} / 0.07)`
    pen.fill()
    pen.setLineDash([5, 4])
    pen.lineWidth = 1.5
    pen.strokeStyle = css(accent)
    pen.stroke()
    pen.setLineDash([])
  }

  /**
   * The room of the search and its name.
   * @param {Place} at
   * @param {string} name
   * @param {Theme} theme
   */
  markBox({ x, y }, name, theme) {
    return { x, y: y - MARK, width: this.width(name, 0, theme), height: 4 * MARK }
  }

  /**
   * Where the search is: a rhomb, which nothing else on the map is.
   * @param {Place} at
   * @param {string} name
   * @param {Theme} theme
   */
  mark({ x, y }, name, theme) {
    const { pen } = this
    pen.beginPath()
    for (const [across, down] of [[0, -MARK], [MARK, 0], [0, MARK], [-MARK, 0]]) pen.lineTo(x + across, y + down)
    pen.closePath()
    pen.lineJoin = "miter"
    pen.lineWidth = 5
    pen.strokeStyle = css(theme.paper)
    pen.stroke()
    pen.fillStyle = css(theme.accent)
    pen.fill()
    pen.lineWidth = 1.5
    pen.strokeStyle = css(theme.text)
    pen.stroke()
    this.letter(0, theme)
    this.text(name, x, y - MARK - 13, theme, theme.text)
  }

  /**
   * @param {Place} at
   * @param {number} radius
   * @param {Theme} theme
   */
  ring({ x, y }, radius, { accent, paper }) {
    const { pen } = this
    for (const [colour, width] of /** @type {const} */ ([[paper, 5], [accent, 2.5]])) {
      pen.beginPath()
      pen.arc(x, y, radius, 0, 2 * Math.PI)
      pen.lineWidth = width
      pen.strokeStyle = css(colour)
      pen.stroke()
    }
  }

  /**
   * @param {Camera} camera
   * @param {Pair[]} pairs
   * @param {Theme} theme
   */
  outline(camera, pairs, { accent }) {
    const { pen } = this
    pen.beginPath()
    for (const [mapX, mapY] of pairs) {
      const { x, y } = camera.toScreen(mapX, mapY)
      pen.lineTo(x, y)
    }
    pen.closePath()
    pen.fillStyle = `rgb(${accent.join(" ")} / 0.12)`
    pen.fill("evenodd")
    pen.lineJoin = "round"
    pen.lineWidth = 2
    pen.strokeStyle = css(accent)
    pen.stroke()
  }
}
