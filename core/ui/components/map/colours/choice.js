// What the points are coloured by: chosen, and kept for the next visit.

import { remember, remembered } from "../../shared/base.js"
import { Latest, stopped } from "../../shared/requests.js"
import { strengthOf } from "./colouring.js"

/** @import { CollectionMap } from "../map.js" */
/** @import { Colours } from "../types.d.ts" */

const STRENGTH = "strength" // of the hits of a search: there are some only where one is lit
const NAMES = new Map(
  Object.entries({
    ...{ cluster: "Cluster", label: "Label", folder: "Folder", tag: "Tag", quality: "Quality", class: "Class" },
    ...{ duplicate: "Copies", split: "Split", camera: "Camera", lens: "Lens", format: "Format", shape: "Shape" },
    ...{ colour: "Colour", taken: "Date", brightness: "Brightness", sharpness: "Sharpness", megapixels: "Megapixels" },
    ...{ size: "File size", strength: "Strength of the match" },
  }),
)

export class ColourChoice {
  by = ""
  /** @type {string[]} */
  known = ["cluster"] // what there are colours by
  latest = new Latest()

  /** @param {CollectionMap} map */
  constructor(map) {
    this.map = map
    this.select = map.find(".by", HTMLSelectElement)
    this.select.onchange = () => {
      if (this.select.value !== STRENGTH) remember("map-colour", this.select.value)
      this.choose(this.select.value)
    }
  }

  close() {
    this.latest.stop()
  }

  offer() {
    const choices = [...this.known, ...(this.map.data.search ? [STRENGTH] : [])]
    this.select.replaceChildren(...choices.map(by => new Option(NAMES.get(by) ?? by, by)))
    if (choices.includes(this.by)) this.select.value = this.by
  }

  /** What was chosen before, as far as it can be had. */
  get preferred() {
    if (this.by === STRENGTH && this.map.data.search) return STRENGTH
    const wanted = [this.by, remembered("map-colour")].find(by => this.known.includes(String(by)))
    return String(wanted ?? this.known[0] ?? "")
  }

  again() {
    this.choose(this.preferred)
  }

  /** @param {string} by */
  async choose(by) {
    const { server, stage } = this.map
    if (!server || !stage.cells || !by) return
    this.by = this.select.value = by
    const signal = this.latest.begin()
    try {
      const colours = by === STRENGTH ? this.strength() : await server.colours(by, signal)
      if (this.map.server === server && !signal.aborted) this.show(colours)
    } catch (error) {
      if (!stopped(error)) this.map.onTrouble(error)
    }
  }

  /** @returns {Colours | null} */
  strength() {
    const { lighting, map } = this.map
    return lighting.hits && map ? strengthOf(lighting.hits, map.points) : null
  }

  /** @param {Colours | null} colours */
  show(colours) {
    const { stage, legend } = this.map
    if (!stage.cells) return
    stage.colouring.begin(colours, stage.cells)
    stage.reshade()
    legend.show(stage.theme.isDark)
  }

  /**
   * The hits are others, or there are none any more.
   * @param {boolean} areThere
   */
  onHits(areThere) {
    if (this.by === STRENGTH) this.choose(areThere ? STRENGTH : this.preferred)
  }
}
