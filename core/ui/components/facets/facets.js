// The panel of facets. Python sends what is chosen, as `where`, and the counts of the results; each change fires the
// trigger "where" once, with what is chosen now.

import { finder, mounting, part, remembered } from "../shared/base.js"
import { DUPLICATES } from "../shared/duplicate_words.js"
import { Edits } from "../shared/edits.js"
import { Folders } from "./folders.js"
import { NamePart } from "./name_part.js"
import { Bytes, Pixels } from "./ranges.js"
import { Taken } from "./taken.js"
import { Values } from "./values.js"

/** @import { Trigger } from "../shared/types.d.ts" */
/** @import { Group } from "./group.js" */
/** @import { FacetsData, Panel } from "./types.d.ts" */

export default mounting(".facets", (root, data, trigger) => new FacetsPanel(root, data, trigger))

/** @type {[name: string, low: number | null, high: number | null][]} */
const FILE_SIZES = [
  // the second bound is the first value beyond
  ["up to 100 kB", null, 1e5 + 1],
  ["100 kB – 1 MB", 1e5, 1e6 + 1],
  ["1 – 10 MB", 1e6, 1e7 + 1],
  ["10 MB and more", 1e7, null],
]

/**
 * @param {number} pixels
 * @returns {[name: string, low: number, high: null]}
 */
const atLeast = pixels => [`${pixels}+`, pixels, null]

/**
 * From the top down.
 * @param {Panel} panel
 * @returns {Group[]}
 */
function groupsOf(panel) {
  return [
    new Values(panel, { field: "label", title: "Label", open: true, several: true }),
    new Values(panel, { field: "tag", title: "Tag", open: true, several: true }),
    new Folders(panel, { field: "folder", title: "Folder", open: true, tree: true }),
    new Taken(panel, { field: "taken", title: "Taken", one: "year", open: true }),
    new Values(panel, { field: "shape", title: "Shape", open: true, marked: true }),
    new Values(panel, { field: "colour", title: "Colour", open: true, marked: true, several: true }),
    new Values(panel, { field: "split", title: "Split", open: true, several: true }),
    new Values(panel, { field: "class", title: "Class", several: true }),
    new Values(panel, { field: "cluster", title: "Cluster" }),
    new Values(panel, { field: "quality", title: "Quality", several: true }),
    new Values(panel, { field: "duplicate", title: "Duplicates", one: "kind", words: DUPLICATES, several: true }),
    new Values(panel, { field: "format", title: "Format" }),
    new Values(panel, { field: "camera", title: "Camera" }),
    new Values(panel, { field: "lens", title: "Lens" }),
    new Bytes(panel, { field: "size", title: "File size", presets: FILE_SIZES }),
    new Pixels(panel, { field: "width", title: "Width", presets: [640, 1280, 1920, 3840].map(atLeast) }),
    new Pixels(panel, { field: "height", title: "Height", presets: [480, 720, 1080, 2160].map(atLeast) }),
    new NamePart(panel, { field: "name", title: "Name contains", open: true }),
  ]
}

class FacetsPanel {
  edits = new Edits("where")
  folds = foldsOf(remembered("facets"))
  /** @type {number | undefined} */
  answered
  signature = "" // of the other conditions as they were painted

  /**
   * @param {HTMLElement} root
   * @param {FacetsData} data
   * @param {Trigger} trigger
   */
  constructor(root, data, trigger) {
    this.trigger = trigger
    this.where = structuredClone(data.where)
    this.find = finder(root)
    this.groups = groupsOf(this)
    this.find(".groups").append(...this.groups.map(({ element }) => element))
    this.find(".clear-all").onclick = () => this.clear()
    root.onkeydown = event => event.stopPropagation() // Streamlit has shortcuts of its own on single letters
  }

  /** @param {string} name */
  template(name) {
    const { content } = this.find(`template[data-name="${name}"]`, HTMLTemplateElement)
    return /** @type {HTMLElement} */ (part(content, "*").cloneNode(true))
  }

  /** @param {FacetsData} data */
  show(data) {
    const first = this.answered === undefined
    const fresh = first || data.answered === this.answered // no answer to a change that was made here
    this.answered = data.answered
    if (this.edits.settles(data) || first) this.where = structuredClone(data.where)
    this.find(".estimated").hidden = !data.estimated
    for (const group of this.groups) group.show(data.groups, fresh, data.roots)
    this.paint()
  }

  /** @param {string} said */
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

  /** @param {string} words */
  other(words) {
    const chip = this.template("other")
    const [shown, remove] = [part(chip, ".words"), part(chip, ".remove")]
    shown.textContent = `other: ${words}`
    shown.title = words
    remove.setAttribute("aria-label", `Remove ${words}`)
    remove.onclick = () => {
      this.where.others = this.where.others.filter(other => other !== words)
      this.change(`${words} removed`)
    }
    return chip
  }
}

/**
 * Which groups the visitor has opened or closed, out of what the browser keeps.
 * @param {unknown} kept
 * @returns {Record<string, boolean>}
 */
function foldsOf(kept) {
  return Object.fromEntries(Object.entries(kept ?? {}).filter(([, open]) => typeof open === "boolean"))
}
