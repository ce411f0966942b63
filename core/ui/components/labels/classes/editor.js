// Writing a class list: a name, and a class on each line.

import { element } from "../../shared/base.js"
import { ask } from "../../shared/requests.js"
import { below } from "../../shared/routes.js"
import { button } from "../working.js"
import { typed } from "./typed.js"

/** @import { Context, ListRow } from "../types.d.ts" */
/** @typedef {{ name: string, words: string, threshold: number | null }} Typed */

export class Editor {
  /**
   * @param {HTMLElement} host
   * @param {Context} context
   * @param {{ list: ListRow | null, offers: [string, string[]][], saved: (id: number) => Promise<void>, left: () => void }} options
   */
  constructor(host, context, { list, offers, saved, left }) {
    this.host = host
    this.context = context
    this.list = list
    this.offers = offers
    this.saved = saved
    this.left = left
    this.name = element("input", { type: "text", maxlength: "100", required: "", id: "class-list-name" })
    this.classes = element("textarea", { rows: "10", spellcheck: "false", id: "class-list-classes", "aria-describedby": "class-list-hint" })
    this.one = element("input", { type: "checkbox" })
  }

  show() {
    const form = element("form", { class: "editor" })
    this.name.value = this.list?.name ?? ""
    this.classes.value = (this.list?.classes ?? []).map(({ name, words }) => (words ? `${name}: ${words}` : name)).join("\n")
    this.one.checked = this.list?.exclusive ?? false
    const offers = element("div", { class: "row" })
    for (const [words, names] of this.offers) if (names.length) offers.append(button(`${words} (${names.length})`, () => this.add(names)))
    const one = element("label", { class: "tick" })
    one.append(this.one, "One class for each picture: the one that it stands out most for")
    const row = element("div", { class: "row" })
    row.append(element("button", { type: "submit", class: "button primary" }, "Save"), button("Cancel", this.left))
    form.append(
      element("label", { for: "class-list-name" }, "Name of the list"),
      this.name,
      element("label", { for: "class-list-classes" }, "Classes, one on each line"),
      this.classes,
      element("p", { class: "muted", id: "class-list-hint" }, "To say more than the name: scratch: a scratched metal surface"),
      offers,
      one,
      row,
    )
    form.onsubmit = event => {
      event.preventDefault()
      this.save().catch(this.context.fail)
    }
    this.host.replaceChildren(form)
    this.name.focus()
  }

  /** @param {string[]} names */
  add(names) {
    const there = this.classes.value.split("\n").map(line => line.trim()).filter(Boolean)
    const known = new Set(there.map(line => (line.split(":")[0] ?? "").trim().toLowerCase()))
    this.classes.value = [...there, ...names.filter(name => !known.has(name.toLowerCase()))].join("\n")
    this.classes.focus()
  }

  async save() {
    const thresholds = new Map((this.list?.classes ?? []).map(({ name, threshold }) => [name, threshold]))
    const classes = typed(this.classes.value).map(one => ({ ...one, threshold: thresholds.get(one.name) ?? null }))
    const body = { name: this.name.value, classes, exclusive: this.one.checked }
    const { routes } = this.context
    const { id } = this.list
      ? await ask(below(routes.classes, String(this.list.id)), body, undefined, "PATCH")
      : await ask(routes.classes, body)
    await this.saved(id)
  }
}
