// Tags: chips that can be taken off, and a field to add to them.

import { element } from "../shared/base.js"
import { plural } from "../shared/format.js"
import { ask, Latest, stopped } from "../shared/requests.js"
import { glyph } from "./glyph.js"

const SUGGESTED = 8
const LONGEST_TAG = 60

export class TagField {
  tags = new Map() // tag → what is to be said of it, such as how many have it

  /**
   * @param {any} box
   * @param {{ add: (tag: string) => void, remove: (tag: string) => void, narrow?: (tag: string) => void, lasting?: boolean }} handlers
   */
  // `lasting`: whether the suggestions stay while the field has not the focus.
  constructor(box, { add, remove, narrow, lasting = false }) {
    this.handlers = { add, remove, narrow }
    this.lasting = lasting
    this.chips = element("ul", { class: "chips", role: "list" })
    this.input = element("input", {
      ...{ type: "text", placeholder: "Add a tag", "aria-label": "Add a tag", maxlength: LONGEST_TAG },
      ...{ autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "done" },
    })
    this.suggestions = element("div", { class: "suggestions", role: "group", "aria-label": "Tags in use" })
    box.replaceChildren(this.chips, this.input, this.suggestions)
    this.input.oninput = () => this.suggest()
    this.input.onkeydown = event => this.onKey(event)
    this.input.onfocus = () => this.suggest()
    box.onfocusout = event => {
      if (!lasting && !box.contains(event.relatedTarget)) this.suggestions.replaceChildren()
    }
  }

  show(tags, known) {
    this.tags = tags
    this.known = known
    this.chips.replaceChildren(...[...tags].map(([tag, note]) => this.chip(tag, note)))
    this.suggest()
  }

  chip(tag, note) {
    const chip = element("li", { class: "chip" })
    const { narrow } = this.handlers
    const title = `Only pictures tagged ${tag}`
    const name = narrow ? element("button", { type: "button", title }, tag) : element("span", {}, tag)
    if (narrow) name.onclick = () => narrow(tag)
    const remove = element("button", { type: "button", class: "remove", "aria-label": `Remove the tag ${tag}` })
    remove.append(glyph("close"))
    remove.onclick = () => {
      this.handlers.remove(tag)
      this.input.focus()
    }
    chip.append(name, ...(note ? [element("small", {}, note)] : []), remove)
    return chip
  }

  suggest() {
    const typed = this.typed.toLowerCase()
    const fitting = this.known.filter(tag => !this.tags.has(tag) && tag.toLowerCase().includes(typed))
    const shown = this.lasting || this.input.getRootNode().activeElement === this.input
    this.suggestions.replaceChildren(...(shown ? fitting.slice(0, SUGGESTED) : []).map(tag => this.suggestion(tag)))
    if (shown && !this.lasting) this.suggestions.scrollIntoView({ block: "nearest" })
  }

  suggestion(tag) {
    const button = element("button", { type: "button", class: "suggestion" }, tag)
    button.onclick = () => this.add(tag)
    return button
  }

  get typed() {
    return this.input.value.split(/\s+/).filter(Boolean).join(" ")
  }

  onKey(event) {
    if (event.key !== "Enter" && event.key !== ",") return
    if (event.key === "Enter" && !this.typed) return // the form's own
    event.preventDefault()
    this.add(this.typed)
  }

  add(tag) {
    this.input.value = ""
    if (tag && !this.tags.has(tag)) this.handlers.add(tag)
    this.input.focus()
    this.suggest()
  }
}

// The tags of several pictures at one time. Nothing is changed before it is saved.
export class TagDialog {
  changes
  items
  known
  url
  latest = new Latest()

  constructor(dialog, { saved }) {
    this.dialog = dialog
    this.saved = saved
    this.find = selector => dialog.querySelector(selector)
    this.field = new TagField(this.find(".tag-field"), {
      add: tag => this.change(tag, true),
      remove: tag => this.change(tag, false),
      lasting: true,
    })
    this.find("form").onsubmit = event => this.save(event)
    this.find("[value=cancel]").onclick = () => dialog.close()
    dialog.onclick = event => {
      if (event.target === dialog) dialog.close()
    }
    dialog.onclose = () => this.latest.stop()
  }

  open(items, known, url) {
    Object.assign(this, { items, known, url, changes: new Map() })
    const count = withCopies(items).length
    const copies = count > items.length ? ", copies included" : ""
    this.find("h2").textContent = `Tags of ${plural(count, "picture")}${copies}`
    this.say("")
    this.paint()
    this.dialog.showModal()
    this.field.input.focus()
  }

  change(tag, wanted) {
    this.changes.set(tag, wanted)
    this.paint()
  }

  paint() {
    const shown = new Map()
    for (const { tags } of this.items) for (const tag of tags ?? []) shown.set(tag, (shown.get(tag) ?? 0) + 1)
    for (const [tag, wanted] of this.changes) {
      if (wanted) shown.set(tag, this.items.length)
      else shown.delete(tag)
    }
    const note = count => (count < this.items.length ? `on ${count}` : "")
    const notes = new Map()
    for (const [tag, count] of shown) notes.set(tag, note(count))
    this.field.show(notes, this.known)
  }

  async save(event) {
    event.preventDefault()
    if (this.field.typed) this.change(this.field.typed, true) // typed, but not entered
    const add = [...this.changes.keys()].filter(tag => this.changes.get(tag))
    const remove = [...this.changes.keys()].filter(tag => !this.changes.get(tag))
    if (!add.length && !remove.length) return this.dialog.close()
    const ids = withCopies(this.items)
    let changed
    try {
      changed = (await ask(this.url, { ids, add, remove }, this.latest.begin())).changed
    } catch (error) {
      return stopped(error) || this.say(error.message)
    }
    this.dialog.close()
    this.saved(ids, add, remove, `Changed the tags of ${plural(changed, "picture")}.`)
  }

  say(text) {
    this.find(".trouble").textContent = text
    this.find(".trouble").hidden = !text
  }
}

// The ids of pictures and of all that are shown as one with them.
export function withCopies(items) {
  return [...new Set(items.flatMap(({ id, others = [] }) => [id, ...others.map(copy => copy.id)]))]
}

export function retagged(tags, add, remove) {
  return [...new Set([...tags.filter(tag => !remove.includes(tag)), ...add])].sort()
}
