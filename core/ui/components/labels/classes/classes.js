// Labels from words: class lists, and which pictures each class fits.

import { element } from "../../shared/base.js"
import { plural } from "../../shared/format.js"
import { ask, Latest } from "../../shared/requests.js"
import { below } from "../../shared/routes.js"
import { badge } from "../pictures.js"
import { button } from "../working.js"
import { Editor } from "./editor.js"
import { OneClass } from "./one_class.js"

/** @import { ClassRow, Context, ListRow, Lists, Part } from "../types.d.ts" */
/** @import { Working } from "../working.js" */

/** @implements {Part} */
export class Classes {
  /** @type {Lists | null} */
  answer = null
  chosen = 0 // the id of a list
  /** @type {OneClass | null} */
  open = null
  latest = new Latest()

  /**
   * @param {HTMLElement} host
   * @param {Context} context
   * @param {Working} working
   */
  constructor(host, context, working) {
    this.host = host
    this.context = context
    this.working = working
    this.side = element("section", { class: "lists", "aria-label": "Class lists" })
    this.main = element("section", { class: "main", "aria-label": "Classes" })
    host.classList.add("classes")
    host.replaceChildren(this.side, this.main)
  }

  async show() {
    const answer = /** @type {Lists} */ (await ask(this.context.routes.classes, undefined, this.latest.begin()))
    const before = this.answer
    this.answer = answer
    if (answer.work.state === "none" || answer.work.state === "ready") this.working.hide()
    else {
      const again = this.context.edits ? [button("Try again", () => this.score())] : []
      this.working.show(answer.work, { words: "", buttons: again, again: () => this.show().catch(this.context.fail) })
    }
    if (!answer.lists.some(({ id }) => id === this.chosen)) this.chosen = answer.lists[0]?.id ?? 0
    this.paintLists()
    if (!before || !this.open) this.paint()
    else this.open.update(this.list)
  }

  close() {
    this.latest.stop()
    this.host.classList.remove("classes")
  }

  get list() {
    return this.answer?.lists.find(({ id }) => id === this.chosen) ?? null
  }

  paintLists() {
    const { lists } = /** @type {Lists} */ (this.answer)
    const rows = element("ul", {})
    for (const one of lists) {
      const item = element("li", {})
      const open = button("", () => this.choose(one.id), "list")
      open.setAttribute("aria-current", String(one.id === this.chosen))
      open.append(element("span", { class: "name" }, one.name), element("span", { class: "muted" }, plural(one.classes.length, "class", "classes")))
      if (one.applied) open.append(badge("applied", "good"))
      item.append(open)
      rows.append(item)
    }
    this.side.replaceChildren(rows)
    if (this.context.edits) this.side.prepend(button("New class list", () => this.edit(null), lists.length ? "button" : "button primary"))
  }

  /** @param {number} id */
  choose(id) {
    this.chosen = id
    this.open = null
    this.paintLists()
    this.paint()
  }

  paint() {
    const { list } = this
    if (!list) return this.main.replaceChildren(this.empty())
    const head = element("div", { class: "row head" })
    head.append(element("h2", {}, list.name))
    if (this.context.edits) head.append(this.actions(list))
    this.main.replaceChildren(head, this.table(list))
  }

  empty() {
    const made = element("div", { class: "empty" })
    made.append(
      element("p", {}, "Type what you want to tell apart: scratch, dent, no damage. Each picture gets the classes that fit, and none where nothing does."),
    )
    return made
  }

  /** @param {ListRow} list */
  actions(list) {
    const made = element("div", { class: "row" })
    const tags = element("label", { class: "tick" })
    const box = element("input", { type: "checkbox" })
    box.checked = list.tags
    tags.append(box, "also as tags")
    made.append(
      button(list.applied ? "Apply again" : "Apply", () => this.apply(list, box.checked), "button primary"),
      tags,
      ...(list.applied ? [button("Withdraw", () => this.withdraw(list))] : []),
      button("Edit", () => this.edit(list)),
      button("Delete", () => this.remove(list), "button danger"),
    )
    return made
  }

  /** @param {ListRow} list */
  table(list) {
    const table = element("table", { class: "class-table" })
    const head = element("tr", {})
    head.append(...["Class", "Pictures", "From strength", "Looked at"].map(words => element("th", { scope: "col" }, words)))
    const top = element("thead", {})
    top.append(head)
    const body = element("tbody", {})
    body.append(...list.classes.map(one => this.line(list, one)))
    table.append(top, body)
    return table
  }

  /**
   * @param {ListRow} list
   * @param {ClassRow} one
   */
  line(list, one) {
    const made = element("tr", {})
    const name = element("th", { scope: "row" })
    const open = button(one.name, () => this.look(list, one), "link")
    name.append(open)
    if (one.words) name.append(element("span", { class: "muted" }, ` ${one.words}`))
    const used = one.used === null ? "…" : `${one.used.toFixed(1)}${one.threshold === null ? " (suggested)" : ""}`
    const count = one.count === null ? "…" : one.count.toLocaleString("en")
    made.append(name, element("td", { class: one.count === 0 ? "none" : "" }, count), element("td", {}, used), element("td", {}, one.precision.words))
    return made
  }

  /**
   * @param {ListRow} list
   * @param {ClassRow} one
   */
  look(list, one) {
    this.open = new OneClass(this.main, this.context, {
      list,
      row: one,
      back: () => {
        this.open = null
        this.show().catch(this.context.fail)
        this.paint()
      },
    })
    this.open.show().catch(this.context.fail)
  }

  /** @param {ListRow | null} list */
  edit(list) {
    const { labels, clusters } = /** @type {Lists} */ (this.answer)
    this.open = null
    new Editor(this.main, this.context, {
      list,
      offers: [
        ["From the labels", labels],
        ["From the clusters", clusters],
      ],
      saved: async id => {
        this.chosen = id
        await this.show()
        this.paint()
      },
      left: () => this.paint(),
    }).show()
  }

  /**
   * @param {ListRow} list
   * @param {boolean} tags
   */
  apply(list, tags) {
    return this.act(async () => {
      const { marked, tagged } = await ask(below(this.context.routes.classes, String(list.id), "apply"), { tags })
      const told = tags ? `, ${plural(tagged, "picture")} tagged` : ""
      this.context.say(`${plural(marked, "picture")} changed${told}.`)
    })
  }

  /** @param {ListRow} list */
  withdraw(list) {
    return this.act(() => ask(below(this.context.routes.classes, String(list.id), "withdraw"), {}))
  }

  /** @param {ListRow} list */
  remove(list) {
    const dialog = element("dialog", { class: "ask" })
    const row = element("div", { class: "row" })
    row.append(
      button("Delete", () => {
        dialog.close()
        this.act(() => ask(below(this.context.routes.classes, String(list.id)), undefined, undefined, "DELETE"))
      }, "button danger"),
      button("Cancel", () => dialog.close()),
    )
    dialog.append(element("p", {}, `Delete the class list ${list.name}? Its classes leave the search; tags stay.`), row)
    dialog.onclose = () => dialog.remove()
    this.main.append(dialog)
    dialog.showModal()
  }

  score() {
    return this.act(() => ask(below(this.context.routes.classes, "score"), {}))
  }

  /** @param {() => Promise<unknown>} action */
  async act(action) {
    try {
      await action()
      await this.show()
      this.paint()
    } catch (error) {
      this.context.fail(error)
    }
  }
}
