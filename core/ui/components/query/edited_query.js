// The query while it is edited: the text of the box and the parts beside it. Each change is sent once; a weight that is
// still being moved is shown at once and sent when it rests.

import { Edits } from "../shared/edits.js"
import { asSent, isTyped, nameOf } from "./chips/parts.js"

/** @import { Stored, Trigger } from "../shared/types.d.ts" */
/** @import { Change, ImagePart, Part, QueryData, Region, WeightedPart } from "./types.d.ts" */
/** @import { Box } from "./box.js" */

const WEIGHING = 450 // milliseconds that a weight must rest, while it is held, to be searched with
const PATIENCE = 10000 // milliseconds after which any answer will do

export class EditedQuery {
  /** @type {Part[]} */
  parts = []
  edits = new Edits("query")
  asked = Infinity // when the last change was sent, in milliseconds
  /** @type {{ part: WeightedPart, timer: ReturnType<typeof setTimeout> } | null} */
  weighing = null // a weight that has not been sent yet

  /**
   * @param {Pick<Box, "text" | "typed" | "isNewer" | "submit" | "follow" | "reset">} box
   * @param {{ trigger: Trigger, changed: () => void }} handlers
   */
  constructor(box, { trigger, changed }) {
    this.box = box
    this.trigger = trigger
    this.changed = changed
  }

  /** What it is called in a list of searches. */
  get label() {
    return [this.box.text, ...this.parts.filter(part => !isTyped(part)).map(nameOf)].filter(Boolean).join(" · ")
  }

  /**
   * Whether the data was taken. An answer to an earlier change would undo the latest; one that never comes must not
   * hold up those after it.
   * @param {Pick<QueryData, "answered" | "text" | "parts">} data
   */
  follow(data) {
    const late = performance.now() - this.asked > PATIENCE
    if (!(this.edits.settles(data) || late) || this.weighing) return false
    this.box.follow(data.text)
    this.parts = data.parts
    return true
  }

  /** @param {string} text */
  submit(text, parts = this.parts) {
    this.parts = parts
    this.send({ text: this.box.submit(text), parts: parts.filter(part => !isTyped(part)).map(asSent) })
  }

  /** @param {Part[]} parts */
  change(parts) {
    this.parts = parts
    this.send({ text: null, parts: parts.map(asSent) })
  }

  /**
   * What is typed and not yet run goes along with a changed chip, unless the chip is itself part of what is typed.
   * @param {Part[]} parts
   * @param {Part} changed
   */
  edit(parts, changed) {
    if (this.box.isNewer && !isTyped(changed)) return this.submit(this.box.typed, parts)
    this.box.reset()
    this.change(parts)
  }

  /** @param {string} address */
  open(address) {
    this.box.reset()
    this.send({ address })
  }

  /** @param {Change} change */
  send(change) {
    this.stop()
    this.asked = performance.now()
    this.edits.send(this.trigger, change)
    this.changed()
  }

  /**
   * @template {Part} Kind
   * @param {Kind} part
   * @param {Partial<Kind>} change
   * @returns {Part[]}
   */
  with(part, change) {
    return this.parts.map(other => (other === part ? { ...part, ...change } : other))
  }

  /**
   * Whether it is another weight.
   * @param {WeightedPart} part
   * @param {number} weight
   */
  weigh(part, weight) {
    if (weight === part.weight) return false
    this.stop()
    this.weighing = { part, timer: setTimeout(() => this.settle(), WEIGHING) }
    this.parts = this.with(part, { weight })
    this.changed()
    return true
  }

  settle() {
    if (this.weighing) this.edit(this.parts, this.weighing.part)
  }

  // What was being moved is not sent.
  stop() {
    clearTimeout(this.weighing?.timer)
    this.weighing = null
  }

  /**
   * @param {ImagePart} part
   * @param {Region | null} region
   */
  crop(part, region) {
    this.edit(this.with(part, { region }), part)
  }

  /** @param {Part} part */
  remove(part) {
    this.edit(this.parts.filter(other => other !== part), part)
  }

  /**
   * Pictures that are there whole already are not there twice.
   * @param {Stored[]} images
   * @param {string | null} text What is submitted with them.
   */
  add(images, text) {
    /** @type {Map<string, ImagePart>} */
    const added = new Map()
    for (const { id, name } of images) added.set(id, { kind: "image", id, name, weight: 1, region: null })
    const others = this.parts.filter(part => part.kind !== "image" || part.region || !added.has(part.id))
    const parts = [...others, ...added.values()]
    if (text === null) this.change(parts)
    else this.submit(text, parts)
  }
}
