// Where in a picture it matches the query: the server compares it part by part and tells how far it is; the result lies
// over the picture in colours. It is kept for each picture of a search.

import { finder, part } from "../../shared/base.js"
import { plural } from "../../shared/format.js"
import { askForLines, Latest, sentence, stopped } from "../../shared/requests.js"
import { colourAt, gradient } from "./colour_ramp.js"

/** @import { HeatLine, HeatMap, Known, Search } from "../types.d.ts" */

const PER_PART = 32 // pixels of the drawing along a side
const USUAL_OPACITY = 85 // percent

export class Heat {
  /** @type {Map<string, HeatMap>} */
  kept = new Map() // by content hash
  /** @type {Set<string>} */
  left = new Set() // content hashes of the pictures that it was left on for
  latest = new Latest()
  hash = "" // of the picture that is shown
  /** @type {Search | null} */
  search = null
  /** @type {string | undefined} */
  url
  offered = false // whether it can be had of this picture
  wanted = false // whether it is shown on this picture
  trouble = ""
  progress = ""
  /** @type {HeatMap | null} */
  drawn = null

  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.find = finder(stage)
    this.canvas = this.find(".heat", HTMLCanvasElement)
    this.button = this.find(".show-heat")
    this.legend = this.find(".heat-legend")
    this.said = this.find(".heat-progress")
    this.button.onclick = () => this.toggle()
    const slider = part(this.legend, "input", HTMLInputElement)
    const fade = () => (this.canvas.style.opacity = String(Number(slider.value) / 100))
    slider.value = String(USUAL_OPACITY)
    slider.oninput = fade
    fade()
    part(this.legend, "i").style.background = gradient()
  }

  // Another search makes other colours of the same picture.
  forget() {
    this.leave()
    this.kept.clear()
    this.left.clear()
  }

  /**
   * @param {Known} item
   * @param {{ search: Search | null, url: string | undefined }} context
   */
  show({ content_hash: hash, score }, { search, url }) {
    if (this.hash === hash) return
    this.leave()
    Object.assign(this, { hash, search, url, trouble: "", progress: "" })
    this.wanted = this.left.has(hash)
    this.offered = Boolean(url && search && score != null)
    this.paint()
  }

  // What is still being compared is given up.
  leave() {
    if (this.latest.current) this.left.delete(this.hash)
    this.latest.stop()
    this.hash = ""
  }

  toggle() {
    const { hash } = this
    if (this.latest.current) return this.stop()
    this.wanted = !this.wanted
    if (this.wanted) this.left.add(hash)
    else this.left.delete(hash)
    if (this.wanted && !this.kept.has(hash)) this.compare(hash)
    else this.paint()
  }

  stop() {
    this.latest.stop()
    this.left.delete(this.hash)
    this.wanted = false
    this.progress = ""
    this.paint()
  }

  /** @param {string} hash */
  async compare(hash) {
    if (!this.url) return
    const signal = this.latest.begin()
    this.trouble = ""
    this.progress = "Comparing…"
    this.paint()
    try {
      await this.follow(askForLines(this.url, { ...this.search, image: hash }, signal), hash)
    } catch (error) {
      if (stopped(error)) return
      this.wanted = false
      this.left.delete(hash)
      this.trouble = sentence(error)
    }
    this.latest.current = null
    this.progress = ""
    this.paint()
  }

  /**
   * @param {AsyncIterable<HeatLine>} lines
   * @param {string} hash
   */
  async follow(lines, hash) {
    for await (const line of lines) {
      if ("error" in line) throw new Error([line.error, line.remedy].filter(Boolean).join(" "))
      if ("values" in line) this.kept.set(hash, line)
      else this.progress = `${line.done} of ${plural(line.of, "part")} compared`
      this.paint()
    }
    if (!this.kept.has(hash)) throw new Error("The answer was cut off. Try again.")
  }

  paint() {
    const { button, said, offered } = this
    const map = this.wanted ? this.kept.get(this.hash) : undefined
    button.hidden = !offered
    button.setAttribute("aria-pressed", String(Boolean(map)))
    button.classList.toggle("busy", Boolean(this.latest.current))
    said.hidden = !(offered && (this.progress || this.trouble))
    said.textContent = this.trouble || this.progress
    said.classList.toggle("error", Boolean(this.trouble))
    this.legend.hidden = this.canvas.hidden = !(offered && map)
    if (!map || this.drawn === map) return
    this.drawn = map
    draw(this.canvas, map)
  }
}

/**
 * Enlarged as grey first, so that what lies between two parts is between them in value and then gets its colour.
 * @param {HTMLCanvasElement} canvas
 * @param {HeatMap} map
 */
function draw(canvas, { columns, rows, values }) {
  const [width, height] = [columns * PER_PART, rows * PER_PART]
  const levels = new OffscreenCanvas(columns, rows)
  const pixels = values.flatMap(value => [value * 255, value * 255, value * 255, 255])
  levels.getContext("2d")?.putImageData(new ImageData(new Uint8ClampedArray(pixels), columns, rows), 0, 0)
  Object.assign(canvas, { width, height })
  const context = canvas.getContext("2d", { willReadFrequently: true })
  if (!context) return // more canvases than the browser has room for: it stays empty
  context.imageSmoothingQuality = "high"
  context.drawImage(levels, 0, 0, width, height)
  const image = context.getImageData(0, 0, width, height)
  const colours = Array.from({ length: 256 }, (_, value) => colourAt(value / 255))
  for (let at = 0; at < image.data.length; at += 4) image.data.set(colours[image.data[at]], at)
  context.putImageData(image, 0, 0)
}
