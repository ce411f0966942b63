// The panel of facets. Python sends what is chosen, as `where`, and the counts of the results; each change fires the
// trigger "where" once, with what is chosen now.

import { mounting, remembered } from "../shared/base.js"
import { Edits } from "../shared/edits.js"
import { Folders } from "./folders.js"
import { Values } from "./groups.js"
import { Bytes, NamePart, Pixels } from "./ranges.js"
import { Taken } from "./taken.js"

export default mounting(".facets", root => new FacetsPanel(root))

// The second bound is the first value beyond.
const FILE_SIZES = [
  ["up to 100 kB", null, 1e5 + 1],
  ["100 kB – 1 MB", 1e5, 1e6 + 1],
  ["1 – 10 MB", 1e6, 1e7 + 1],
  ["10 MB and more", 1e7, null],
]
const atLeast = pixels => [`${pixels}+`, pixels, null]

/** @type {[typeof import("./groups.js").Group, Record<string, unknown>][]} */
const GROUPS = [
  [Values, { field: "label", title: "Label", open: true, several: true }],
  [Values, { field: "tag", title: "Tag", open: true, several: true }],
  [Folders, { field: "folder", title: "Folder", open: true, tree: true }],
  [Taken, { field: "taken", title: "Taken", one: "year", open: true }],
  [Values, { field: "shape", title: "Shape", open: true, marked: true }],
  [Values, { field: "colour", title: "Colour", open: true, marked: true, several: true }],
  [Values, { field: "split", title: "Split", open: true, several: true }],
  [Values, { field: "format", title: "Format" }],
  [Values, { field: "camera", title: "Camera" }],
  [Values, { field: "lens", title: "Lens" }],
  [Bytes, { field: "size", title: "File size", presets: FILE_SIZES }],
  [Pixels, { field: "width", title: "Width", presets: [640, 1280, 1920, 3840].map(atLeast) }],
  [Pixels, { field: "height", title: "Height", presets: [480, 720, 1080, 2160].map(atLeast) }],
  [NamePart, { field: "name", title: "Name contains", open: true }],
]

class FacetsPanel {
  trigger
  edits = new Edits("where")

  constructor(root) {
    this.find = selector => root.querySelector(selector)
    this.folds = { ...remembered("facets") }
    this.groups = GROUPS.map(([Kind, options]) => new Kind(this, options))
    this.find(".groups").append(...this.groups.map(({ element }) => element))
    this.find(".clear-all").onclick = () => this.clear()
    root.onkeydown = event => event.stopPropagation() // Streamlit has shortcuts of its own on single letters
  }

  template(name) {
    return this.find(`template[data-name="${name}"]`).content.firstElementChild.cloneNode(true)
  }

  show(data) {
    const fresh = data.answered === this.answered || !this.where // no answer to a change that was made here
    this.answered = data.answered
    if (this.edits.settles(data) || !this.where) this.where = structuredClone(data.where)
    for (const group of this.groups) group.show(data.groups, fresh, data.roots)
    this.paint()
  }

  change(said) {
    this.paint()
    this.find(".announcement").textContent = said
    this.edits.send(this.trigger, this.where)
    document.dispatchEvent(new CustomEvent("image-search:narrowed"))
  }

  clear() {
    for (const group of this.groups) group.clear()
    this.where.others = []
    this.change("All filters cleared")
    this.find(".group:not([hidden]) .fold").focus() // the button that was pressed is gone
  }

  paint() {
    for (const group of this.groups) group.paint()
    this.paintOthers()
    this.find(".clear-all").hidden = !this.where.others.length && this.groups.every(({ active }) => !active)
  }

  paintOthers() {
    const signature = JSON.stringify(this.where.others)
    if (this.signature === signature) return
    this.signature = signature
    this.find(".others").replaceChildren(...this.where.others.map(words => this.other(words)))
  }

  other(words) {
    const chip = this.template("other")
    chip.querySelector(".words").textContent = `other: ${words}`
    chip.querySelector(".words").title = words
    chip.querySelector(".remove").setAttribute("aria-label", `Remove ${words}`)
    chip.querySelector(".remove").onclick = () => {
      this.where.others = this.where.others.filter(other => other !== words)
      this.change(`${words} removed`)
    }
    return chip
  }
}
