// Where in a picture it matches the query: the server compares it part by part and tells how far it is; the result lies
// over the picture in colours. It is kept for each picture of a search.

import { plural } from "../../shared/format.js"
import { askForLines, Latest, stopped } from "../../shared/requests.js"

const PER_PART = 32 // pixels of the drawing along a side
/** @type {[number, number[]][]} */
const RAMP = [
  // from no match to the best in the picture, as [red, green, blue, alpha]: dark where it does not match, warm where
  // it does
  [0, [13, 8, 45, 0.66]],
  [0.35, [84, 15, 110, 0.58]],
  [0.6, [188, 55, 84, 0.5]],
  [0.8, [249, 142, 9, 0.46]],
  [1, [252, 232, 120, 0.42]],
]

export class Heat {
  url
  search
  kept = new Map() // content hash → { columns, rows, values }
  left = new Set() // content hashes of the pictures that it was left on for
  latest = new Latest()
  wanted = false // whether it is shown on this picture

  constructor(element) {
    this.find = selector => element.querySelector(selector)
    this.canvas = this.find(".heat")
    this.button = this.find(".show-heat")
    this.legend = this.find(".heat-legend")
    this.button.onclick = () => this.toggle()
    const slider = this.legend.querySelector("input")
    slider.value = 85
    slider.oninput = () => (this.canvas.style.opacity = slider.value / 100)
    slider.oninput()
    const stops = RAMP.map(([at, [red, green, blue]]) => `rgb(${red} ${green} ${blue}) ${at * 100}%`)
    this.legend.querySelector("i").style.background = `linear-gradient(90deg, ${stops})`
  }

  // Another search makes other colours of the same picture.
  forget() {
    this.leave()
    this.kept.clear()
    this.left.clear()
  }

  show(item, { search, url }) {
    if (this.item?.content_hash === item.content_hash) return
    this.leave()
    Object.assign(this, { item, search, url, trouble: "", progress: "" })
    this.wanted = this.left.has(item.content_hash)
    this.offered = Boolean(url && search && item.score != null)
    this.paint()
  }

  // What is still being compared is given up.
  leave() {
    if (this.latest.current) this.left.delete(this.item.content_hash)
    this.latest.stop()
    this.item = null
  }

  toggle() {
    const { content_hash: hash } = this.item
    if (this.latest.current) return this.stop()
    this.wanted = !this.wanted
    if (this.wanted) this.left.add(hash)
    else this.left.delete(hash)
    if (this.wanted && !this.kept.has(hash)) this.compare(hash)
    else this.paint()
  }

  stop() {
    this.latest.stop()
    this.left.delete(this.item.content_hash)
    Object.assign(this, { wanted: false, progress: "" })
    this.paint()
  }

  async compare(hash) {
    const signal = this.latest.begin()
    Object.assign(this, { trouble: "", progress: "Comparing…" })
    this.paint()
    try {
      for await (const line of askForLines(this.url, { ...this.search, image: hash }, signal)) {
        if (line.error) throw new Error([line.error, line.remedy].filter(Boolean).join(" "))
        if (line.values) this.kept.set(hash, line)
        else this.progress = `${line.done} of ${plural(line.of, "part")} compared`
        this.paint()
      }
      if (!this.kept.has(hash)) throw new Error("The answer was cut off. Try again.")
    } catch (error) {
      if (stopped(error)) return
      this.wanted = false
      this.left.delete(hash)
      this.trouble = error.message
    }
    this.latest.current = null
    this.progress = ""
    this.paint()
  }

  paint() {
    const found = this.wanted && this.kept.get(this.item.content_hash)
    const busy = Boolean(this.latest.current)
    this.button.hidden = !this.offered
    this.button.setAttribute("aria-pressed", Boolean(found))
    this.button.classList.toggle("busy", busy)
    const said = this.find(".heat-progress")
    said.hidden = !(this.offered && (this.progress || this.trouble))
    said.textContent = this.trouble || this.progress
    said.classList.toggle("error", Boolean(this.trouble))
    this.legend.hidden = this.canvas.hidden = !(this.offered && found)
    if (found && this.drawn !== found) draw(this.canvas, (this.drawn = found))
  }
}

// Enlarged as grey first, so that what lies between two parts is between them in value and then gets its colour.
function draw(canvas, { columns, rows, values }) {
  const [width, height] = [columns * PER_PART, rows * PER_PART]
  const parts = new OffscreenCanvas(columns, rows)
  const pixels = values.flatMap(value => [value * 255, value * 255, value * 255, 255])
  parts.getContext("2d")?.putImageData(new ImageData(new Uint8ClampedArray(pixels), columns, rows), 0, 0)
  Object.assign(canvas, { width, height })
  const context = canvas.getContext("2d", { willReadFrequently: true })
  context.imageSmoothingQuality = "high"
  context.drawImage(parts, 0, 0, width, height)
  const image = context.getImageData(0, 0, width, height)
  const colours = Array.from({ length: 256 }, (_, value) => colourAt(value / 255))
  for (let at = 0; at < image.data.length; at += 4) image.data.set(colours[image.data[at]], at)
  context.putImageData(image, 0, 0)
}

export function colourAt(value) {
  const next = Math.max(1, RAMP.findIndex(([at]) => at >= value))
  const [[from, low], [to, high]] = [RAMP[next - 1], RAMP[next]]
  const share = (value - from) / (to - from)
  const [red, green, blue, alpha] = low.map((part, at) => part + (high[at] - part) * share)
  return [red, green, blue, alpha * 255]
}
