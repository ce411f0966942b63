// The search bar. Each change of the query fires the trigger "query" once: with the text where it was submitted, and
// the parts that text cannot hold; with all parts where a chip was changed; with an address where a search that was
// kept is opened.

import { closest, element, finder, happenedOn, mounting, part } from "../shared/base.js"
import { ask, sentence, stopped } from "../shared/requests.js"
import { below } from "../shared/routes.js"
import { Box } from "./box.js"
import { Chips } from "./chips/chips.js"
import { isTyped, isWeighted, nameOf } from "./chips/parts.js"
import { RegionDialog } from "./chips/region_dialog.js"
import { stepped, WEIGHT_KEYS, weightText } from "./chips/weight.js"
import { WeightPopover } from "./chips/weight_popover.js"
import { Completion } from "./completion.js"
import { EditedQuery } from "./edited_query.js"
import { Help } from "./help.js"
import { Images } from "./images.js"
import { Offer } from "./offer.js"
import { currentAddress, Recent } from "./searches/recent.js"
import { SavePopover } from "./searches/save_popover.js"
import { Saved } from "./searches/saved.js"
import { Searches } from "./searches/searches.js"

/** @import { Stored, Trigger } from "../shared/types.d.ts" */
/** @import { Chip, QueryData, WeightedPart } from "./types.d.ts" */

const TYPING = "input:not([type=range]), textarea, select, [contenteditable]"

// What is being typed stays when the data changes.
export default mounting(".query", (root, data, trigger) => new QueryBar(root, data, trigger))

class QueryBar {
  recent = new Recent()
  leaving = new AbortController()
  message = { text: "", isError: false }
  /** @type {Chip | null} */
  cropped = null // that the region dialog was opened for last

  /**
   * @param {HTMLElement} root
   * @param {QueryData} data
   * @param {Trigger} trigger
   */
  constructor(root, data, trigger) {
    this.root = root
    this.data = data
    this.trigger = trigger
    this.find = finder(root)
    this.input = this.find(".words", HTMLInputElement)
    this.box = new Box(this.input)
    this.query = new EditedQuery(this.box, {
      trigger: (name, value) => this.trigger(name, value),
      changed: () => this.paint(),
    })
    this.saved = new Saved(() => this.data.saved_url)
    this.chips = new Chips(this.find(".chips"))
    this.images = this.buildImages()
    this.weight = this.buildWeight()
    this.region = new RegionDialog(this.find("dialog.region", HTMLDialogElement), region => {
      const [chip, cropped] = [this.cropped, this.cropped?.queryPart]
      if (chip?.isConnected && cropped?.kind === "image") this.query.crop(cropped, region)
    })
    this.completion = new Completion(this.input, this.find(".completion"), this.find(".field"))
    this.searches = this.buildSearches()
    const { saved, query } = this
    const label = () => query.label
    this.saving = new SavePopover(this.find(".save", HTMLFormElement), this.find(".save-search"), { saved, label })
    this.offer = this.buildOffer()
    this.help = this.buildHelp()
    this.listen()
  }

  buildImages() {
    return new Images(this.root, {
      data: () => this.data,
      begin: () => this.begin(),
      changed: () => this.paint(),
      say: (text, isError) => this.say(text, isError),
    })
  }

  buildWeight() {
    return new WeightPopover(this.find(".weigh"), {
      weigh: (part, weight) => this.weigh(part, weight),
      settled: () => this.query.settle(),
    })
  }

  buildSearches() {
    const { recent, saved, input } = this
    return new Searches(this.find(".searches"), {
      recent,
      saved,
      input,
      field: this.find(".field"),
      opener: this.find(".earlier"),
      thumbnails: () => this.data.thumbnails,
      saves: () => this.data.saves,
      open: address => this.query.open(address),
    })
  }

  buildOffer() {
    return new Offer(this.find(".offer"), {
      accept: text => this.setText(text),
      located: location => this.locate(location),
      dismissed: () => this.box.focus(),
    })
  }

  buildHelp() {
    return new Help(this.find(".help"), this.find(".how"), {
      search: text => this.setText(text),
      narrow: filter => this.setText(`${this.input.value} ${filter}`.trim()),
      type: text => this.type(text),
    })
  }

  listen() {
    const { root, input, leaving } = this
    root.onkeydown = event => this.onKey(event)
    root.onsubmit = event => this.onSubmit(event)
    root.addEventListener("click", event => this.onClick(event))
    input.oninput = () => this.onType()
    input.onfocus = input.onclick = () => this.offerEarlier()
    this.find(".middle").onclick = ({ target, currentTarget }) => {
      if (target === currentTarget) input.focus()
    }
    this.find(".chips").addEventListener("focusout", () => this.query.settle())
    document.addEventListener("keydown", event => this.onShortcut(event), { signal: leaving.signal })
    addEventListener("pagehide", () => this.recent.settle(), { signal: leaving.signal })
  }

  close() {
    this.query.stop()
    this.recent.settle()
    this.leaving.abort()
    this.images.close()
    this.region.close()
    for (const { floating } of [this.completion, this.weight, this.searches, this.saving, this.help]) floating.close()
  }

  /** @param {QueryData} data */
  show(data) {
    this.data = data
    this.input.placeholder = data.placeholder
    this.completion.keys = data.completions
    this.help.paint(data.completions)
    if (this.query.follow(data)) this.recent.note({ address: currentAddress(), label: this.query.label })
    this.paint()
  }

  /**
   * @param {WeightedPart} part
   * @param {number} weight
   */
  weigh(part, weight) {
    if (!this.query.weigh(part, weight)) return
    this.recent.pass()
    this.tell(`${nameOf(part)}: ${weightText(weight)}`)
  }

  // What stands in the box when pictures come is part of the query that they make; what is typed later is newer.
  begin() {
    const text = this.box.isNewer ? this.box.typed : null
    this.say("")
    return (/** @type {Stored[]} */ images) => this.query.add(images, text)
  }

  /**
   * The picture whose path or URL is in the box takes its place there, as if it had been dropped.
   * @param {string} location
   */
  async locate(location) {
    const typed = this.box.typed
    this.say("Reading the picture…")
    try {
      /** @type {Stored} */
      const image = await ask(below(this.data.upload_url, "located"), { location }, this.leaving.signal)
      this.say("")
      if (this.box.typed === typed) this.input.value = ""
      this.query.add([image], this.box.typed)
    } catch (error) {
      if (!stopped(error)) this.say(sentence(error), true)
    }
  }

  /** @param {Chip} chip */
  remove(chip) {
    const at = this.chips.place(chip)
    const { queryPart } = chip
    this.say("")
    this.query.remove(queryPart)
    this.tell(`Removed ${nameOf(queryPart)}`)
    const next = this.chips.at(at)?.querySelector(".remove")
    if (next instanceof HTMLElement) next.focus()
    else this.box.focus()
  }

  /** @param {string} text */
  setText(text) {
    const changed = text !== this.box.text
    this.input.value = text
    this.say("")
    if (changed) this.query.submit(text)
    this.paintClear()
    this.box.focus()
  }

  /** @param {string} text To be typed on. */
  type(text) {
    this.input.value = `${this.box.typed} ${text}`.trim()
    this.input.focus()
    this.onType()
  }

  /** @param {SubmitEvent} event */
  onSubmit(event) {
    event.preventDefault()
    this.say("")
    this.completion.floating.close()
    this.searches.floating.close()
    this.query.submit(this.input.value)
    this.box.focus()
  }

  onType() {
    this.paintClear()
    this.searches.floating.close()
    this.completion.suggest()
  }

  offerEarlier() {
    if (!this.box.quiet && !this.input.value && !this.searches.floating.open) this.searches.show(false)
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const [pressed, chip] = [closest(event, "button"), this.chips.of(event)]
    if (pressed && chip) this.onChip(pressed, chip)
    else if (pressed?.matches(".clear")) this.setText("")
    else if (pressed?.matches(".example")) this.setText(pressed.textContent)
    else if (pressed?.matches(".earlier")) this.searches.toggle()
  }

  /**
   * @param {HTMLElement} pressed
   * @param {Chip} chip
   */
  onChip(pressed, chip) {
    const { queryPart } = chip
    if (pressed.matches(".remove")) this.remove(chip)
    else if (pressed.matches(".weight")) this.weight.toggle(chip)
    else if (isTyped(queryPart)) this.box.mark(this.query.parts, queryPart)
    else if (queryPart.kind === "image") {
      this.cropped = chip
      this.region.open(queryPart, part(chip, "img", HTMLImageElement), below(this.data.images, queryPart.id))
    }
  }

  /**
   * Streamlit listens for single letters on the page, and sees only that the event came from this component.
   * @param {KeyboardEvent} event
   */
  onKey(event) {
    event.stopPropagation()
    const direction = WEIGHT_KEYS.get(event.key)
    const weighed = happenedOn(event, ".weight") && this.chips.of(event)?.queryPart
    if (event.target === this.input) this.onBoxKey(event)
    else if (weighed && isWeighted(weighed) && direction) {
      event.preventDefault()
      this.weigh(weighed, stepped(weighed.weight, direction))
    } else this.onShortcut(event)
  }

  /** @param {KeyboardEvent} event */
  onBoxKey(event) {
    if (this.completion.onKey(event) || event.key !== "ArrowDown" || this.input.value) return
    event.preventDefault()
    this.searches.show(true)
    this.searches.focus(0)
  }

  /** @param {KeyboardEvent} event */
  onShortcut(event) {
    const asked = event.key === "/" || (event.key === "k" && (event.ctrlKey || event.metaKey))
    const [target] = event.composedPath()
    if (!asked || event.defaultPrevented || closest({ target }, TYPING)) return
    event.preventDefault()
    this.input.focus()
    this.input.select()
  }

  /** @param {string} text */
  say(text, isError = false) {
    this.message = { text, isError }
    this.paintNote()
  }

  /** @param {string} text For those who do not see it. */
  tell(text) {
    this.find(".spoken").textContent = text
  }

  paint() {
    const { parts } = this.query
    this.chips.show(parts, this.images.sending, this.data.thumbnails)
    this.weight.follow()
    this.paintExamples(!parts.length && !this.images.sending.size)
    this.paintClear()
    this.paintNote()
    this.offer.paint(this.data)
    this.saving.offer(this.data.saves && parts.length > 0)
  }

  /** @param {boolean} shown */
  paintExamples(shown) {
    const examples = shown ? this.data.examples : []
    const buttons = examples.map(text => element("button", { type: "button", class: "example" }, text))
    this.find(".examples").replaceChildren(...(buttons.length ? [element("span", {}, "Try"), ...buttons] : []))
  }

  paintClear() {
    this.find(".clear").hidden = !this.input.value
  }

  paintNote() {
    const note = this.find(".note")
    const { text, isError } = this.images.words ? { text: this.images.words, isError: false } : this.message
    if (note.textContent !== text) note.textContent = text
    note.classList.toggle("error", isError)
  }
}
