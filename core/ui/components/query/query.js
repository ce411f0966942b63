// The search bar. Each change of the query fires the trigger "query" once: with the text where it was submitted, and
// the parts that text cannot hold; with all parts where a chip was changed; with an address where a search that was
// kept is opened.

import { element, mounting } from "../shared/base.js"
import { Edits } from "../shared/edits.js"
import { ask, stopped } from "../shared/requests.js"
import { Box } from "./box.js"
import { Chips } from "./chips/chips.js"
import { isTyped, nameOf } from "./chips/parts.js"
import { RegionDialog } from "./chips/region.js"
import { stepped, WEIGHT_KEYS, WeightPopover, weightText } from "./chips/weight.js"
import { Completion } from "./completion.js"
import { Help } from "./help.js"
import { Offer } from "./offer.js"
import { Pictures } from "./pictures.js"
import { currentAddress, Recent } from "./searches/recent.js"
import { Saved, SavePopover } from "./searches/saved.js"
import { Searches } from "./searches/searches.js"

const WEIGHING = 450 // milliseconds that a weight must rest, while it is held, to be searched with
const PATIENCE = 10000 // milliseconds after which any answer will do
const TYPING = "input:not([type=range]), textarea, select, [contenteditable]"

// What is being typed stays when the data changes.
export default mounting(".query", root => new QueryBar(root))

class QueryBar {
  /** @type {Pictures} */
  pictures
  /** @type {Completion} */
  completion
  /** @type {WeightPopover} */
  weight
  /** @type {RegionDialog} */
  region
  /** @type {Searches} */
  searches
  /** @type {SavePopover} */
  saving
  /** @type {Offer} */
  offer
  /** @type {Help} */
  help
  asked = Infinity // when the last change was sent, in milliseconds
  trigger
  parts = []
  edits = new Edits("query")
  recent = new Recent()
  leaving = new AbortController()

  constructor(root) {
    this.root = root
    this.find = selector => root.querySelector(selector)
    this.input = this.find(".words")
    this.box = new Box(this.input)
    this.chips = new Chips(this.find(".chips"))
    this.build({ data: () => this.data, field: this.find(".field") })
    this.listen()
  }

  build({ data, field }) {
    const { input, recent } = this
    const saved = new Saved(data)
    this.pictures = new Pictures(this.root, {
      data,
      begin: () => this.begin(),
      changed: () => this.paint(),
      say: (text, isError) => this.say(text, isError),
    })
    this.completion = new Completion(input, this.find(".completion"), field)
    this.weight = new WeightPopover(this.find(".weigh"), {
      weigh: (part, weight) => this.weigh(part, weight),
      settled: () => this.settle(),
    })
    this.region = new RegionDialog(this.find("dialog.region"), region => this.crop(region))
    this.searches = new Searches(this.find(".searches"), {
      recent,
      saved,
      field,
      input,
      opener: this.find(".earlier"),
      thumbnails: () => this.data.thumbnails,
      open: address => this.open(address),
    })
    this.saving = new SavePopover(this.find(".save"), this.find(".save-search"), { saved, label: () => this.label })
    this.offer = new Offer(this.find(".offer"), {
      accept: text => this.setText(text),
      located: location => this.take(location),
      dismissed: () => this.box.focus(),
    })
    this.help = new Help(this.find(".help"), this.find(".how"), {
      search: text => this.setText(text),
      narrow: filter => this.setText(`${input.value} ${filter}`.trim()),
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
    this.find(".chips").addEventListener("focusout", () => this.settle())
    document.addEventListener("keydown", event => this.onShortcut(event), { signal: leaving.signal })
    addEventListener("pagehide", () => this.recent.settle(), { signal: leaving.signal })
  }

  close() {
    clearTimeout(this.soon)
    this.soon = undefined
    this.recent.settle()
    this.leaving.abort()
    this.pictures.close()
    this.region.close()
    for (const part of ["completion", "weight", "searches", "saving", "help"]) this[part].floating.close()
  }

  show(data) {
    this.data = data
    this.input.placeholder = data.placeholder
    this.completion.keys = data.completions
    this.help.paint(data.completions)
    if (this.follows(data)) {
      this.box.follow(data.text)
      this.parts = data.parts
      this.recent.note({ address: currentAddress(), label: this.label })
    }
    this.paint()
  }

  // An answer to an earlier change would undo the latest. One that never comes must not hold up those after it.
  follows(data) {
    const late = performance.now() - this.asked > PATIENCE
    return (this.edits.settles(data) || late) && !this.soon
  }

  get label() {
    return [this.box.text, ...this.parts.filter(part => !isTyped(part)).map(nameOf)].filter(Boolean).join(" · ")
  }

  submit(text, parts = this.parts) {
    this.parts = parts
    this.ask({ text: this.box.take(text), parts: parts.filter(part => !isTyped(part)).map(asSent) })
  }

  change(parts) {
    this.parts = parts
    this.ask({ text: null, parts: parts.map(asSent) })
  }

  // What is typed and not yet run goes along with a changed chip, unless the chip is itself part of what is typed.
  edit(parts, changed) {
    if (this.box.isNewer && !isTyped(changed)) return this.submit(this.box.typed, parts)
    this.box.reset()
    this.change(parts)
  }

  open(address) {
    this.box.reset()
    this.ask({ address })
  }

  ask(change) {
    clearTimeout(this.soon)
    this.soon = undefined
    this.asked = performance.now()
    this.edits.send(this.trigger, change)
    this.paint()
  }

  with(part, change) {
    return this.parts.map(other => (other === part ? { ...part, ...change } : other))
  }

  // Shown at once, searched with when it rests.
  weigh(part, weight) {
    if (weight === part.weight) return
    clearTimeout(this.soon)
    this.soon = setTimeout(() => this.settle(), WEIGHING)
    this.weighed = part
    this.recent.pass()
    this.parts = this.with(part, { weight })
    this.tell(`${nameOf(part)}: ${weightText(weight)}`)
    this.paint()
  }

  settle() {
    if (this.soon) this.edit(this.parts, this.weighed)
  }

  crop(region) {
    const { queryPart, isConnected } = this.cropped
    if (isConnected) this.edit(this.with(queryPart, { region }), queryPart)
  }

  // What stands in the box when pictures come is part of the query that they make; what is typed later is newer.
  begin() {
    const text = this.box.isNewer ? this.box.typed : null
    this.say("")
    return pictures => this.add(pictures, text)
  }

  add(pictures, text) {
    const added = new Map(pictures.map(({ id, name }) => [id, { kind: "picture", id, name, weight: 1, region: null }]))
    const others = this.parts.filter(part => part.kind !== "picture" || part.region || !added.has(part.id))
    const parts = [...others, ...added.values()]
    if (text === null) this.change(parts)
    else this.submit(text, parts)
  }

  // The picture whose path or URL is in the box takes its place there, as if it had been dropped.
  async take(location) {
    const typed = this.box.typed
    this.say("Reading the picture…")
    try {
      const picture = await ask(`${this.data.upload_url}/located`, { location }, this.leaving.signal)
      this.say("")
      if (this.box.typed === typed) this.input.value = ""
      this.add([picture], this.box.typed)
    } catch (error) {
      if (!stopped(error)) this.say(error.message, true)
    }
  }

  remove(chip) {
    const at = [...chip.parentElement.children].indexOf(chip)
    const { queryPart } = chip
    this.say("")
    this.edit(this.parts.filter(part => part !== queryPart), queryPart)
    this.tell(`Removed ${nameOf(queryPart)}`)
    const next = this.chips.at(at)?.querySelector(".remove")
    if (next) next.focus()
    else this.box.focus()
  }

  setText(text) {
    const changed = text !== this.box.text
    this.input.value = text
    this.say("")
    if (changed) this.submit(text)
    this.paintClear()
    this.box.focus()
  }

  // To be typed on.
  type(text) {
    this.input.value = `${this.box.typed} ${text}`.trim()
    this.input.focus()
    this.onType()
  }

  onSubmit(event) {
    event.preventDefault()
    this.say("")
    this.completion.floating.close()
    this.searches.floating.close()
    this.submit(this.input.value)
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

  onClick({ target }) {
    const [pressed, chip] = [target.closest("button"), target.closest(".chip")]
    if (pressed && chip) this.onChip(pressed, chip)
    else if (pressed?.matches(".clear")) this.setText("")
    else if (pressed?.matches(".example")) this.setText(pressed.textContent)
    else if (pressed?.matches(".earlier")) this.searches.toggle()
  }

  onChip(pressed, chip) {
    if (pressed.matches(".remove")) this.remove(chip)
    else if (pressed.matches(".weight")) this.weight.toggle(chip)
    else if (pressed.matches(".label")) this.box.mark(this.parts, chip.queryPart)
    else {
      this.cropped = chip
      this.region.open(chip.queryPart, chip.querySelector("img"), `${this.data.images}/${chip.queryPart.id}`)
    }
  }

  // Streamlit listens for single letters on the page, and sees only that the event came from this component.
  onKey(event) {
    event.stopPropagation()
    const { target, key } = event
    if (target === this.input) this.onBoxKey(event)
    else if (target.matches(".weight") && WEIGHT_KEYS[key]) {
      const { queryPart } = target.closest(".chip")
      event.preventDefault()
      this.weigh(queryPart, stepped(queryPart.weight, WEIGHT_KEYS[key]))
    } else this.onShortcut(event)
  }

  onBoxKey(event) {
    if (this.completion.onKey(event) || event.key !== "ArrowDown" || this.input.value) return
    event.preventDefault()
    this.searches.show(true)
    this.searches.focus(0)
  }

  onShortcut(event) {
    const asked = event.key === "/" || (event.key === "k" && (event.ctrlKey || event.metaKey))
    if (!asked || event.defaultPrevented || event.composedPath()[0].closest?.(TYPING)) return
    event.preventDefault()
    this.input.focus()
    this.input.select()
  }

  say(text, isError = false) {
    this.message = { text, isError }
    this.paintNote()
  }

  // For those who do not see it.
  tell(text) {
    this.find(".spoken").textContent = text
  }

  paint() {
    this.chips.show(this.parts, this.pictures.sending, this.data.thumbnails)
    this.weight.follow()
    this.paintExamples(!this.parts.length && !this.pictures.sending.size)
    this.paintClear()
    this.paintNote()
    this.offer.paint(this.data)
    this.saving.offer(this.parts.length > 0)
  }

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
    const sending = this.pictures.words
    const { text, isError } = sending ? { text: sending } : (this.message ?? { text: "" })
    if (note.textContent !== text) note.textContent = text
    note.classList.toggle("error", Boolean(isError))
  }
}

function asSent({ name, ...part }) {
  return part
}
