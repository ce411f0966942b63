// Tags: chips that can be removed, and a field to add to them.

import { element, focusedBeside } from "../shared/base.js"
import { glyph } from "./glyph.js"

const SUGGESTED = 8
const MAX_LENGTH = 60

export class TagField {
  /** @type {Map<string, string>} */
  tags = new Map() // with what is to be said of each, such as how many have it
  /** @type {string[]} */
  known = [] // the tags in use

  /**
   * @param {HTMLElement} box
   * @param {{
   *   add: (tag: string) => void, remove: (tag: string) => void, narrow?: (tag: string) => void, lasting?: boolean,
   * }} handlers `lasting`: whether the suggestions stay while the field has not the focus.
   */
  constructor(box, { add, remove, narrow, lasting = false }) {
    this.handlers = { add, remove, narrow }
    this.lasting = lasting
    this.chips = element("ul", { class: "chips", role: "list" })
    this.input = element("input", {
      ...{ type: "text", placeholder: "Add a tag", "aria-label": "Add a tag", maxlength: MAX_LENGTH },
      ...{ autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "done" },
    })
    this.suggestions = element("div", { class: "suggestions", role: "group", "aria-label": "Tags in use" })
    box.replaceChildren(this.chips, this.input, this.suggestions)
    this.input.oninput = () => this.suggest()
    this.input.onkeydown = event => this.onKey(event)
    this.input.onfocus = () => this.suggest()
    box.addEventListener("focusout", ({ relatedTarget }) => {
      const within = relatedTarget instanceof Node && box.contains(relatedTarget)
      if (!lasting && !within) this.suggestions.replaceChildren()
    })
  }

  /**
   * @param {Map<string, string>} tags
   * @param {string[]} known
   */
  show(tags, known) {
    this.tags = tags
    this.known = known
    this.chips.replaceChildren(...[...tags].map(([tag, note]) => this.chip(tag, note)))
    this.suggest()
  }

  /**
   * @param {string} tag
   * @param {string} note
   */
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
    const shown = this.lasting || focusedBeside(this.input) === this.input
    this.suggestions.replaceChildren(...(shown ? fitting.slice(0, SUGGESTED) : []).map(tag => this.suggestion(tag)))
    if (shown && !this.lasting) this.suggestions.scrollIntoView({ block: "nearest" })
  }

  /** @param {string} tag */
  suggestion(tag) {
    const button = element("button", { type: "button", class: "suggestion" }, tag)
    button.onclick = () => this.add(tag)
    return button
  }

  get typed() {
    return this.input.value.split(/\s+/).filter(Boolean).join(" ")
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key !== "Enter" && event.key !== ",") return
    if (event.key === "Enter" && !this.typed) return // the form's own
    event.preventDefault()
    this.add(this.typed)
  }

  /** @param {string} tag */
  add(tag) {
    this.input.value = ""
    if (tag && !this.tags.has(tag)) this.handlers.add(tag)
    this.input.focus()
    this.suggest()
  }
}
