// The pictures that a class may fit, best first, with the line between those that do and those that do not; people move
// the line, and say of single pictures whether it is right.

import { closest, element } from "../../shared/base.js"
import { plural } from "../../shared/format.js"
import { ask, Latest } from "../../shared/requests.js"
import { below, withParameter } from "../../shared/routes.js"
import { tile } from "../pictures.js"
import { button } from "../working.js"
import { countAbove } from "./curve.js"

/** @import { ClassPictures, ClassRow, Context, ListRow, Scored } from "../types.d.ts" */
/** @typedef {"best" | "doubtful" | "sample"} Order */

const PAGE = 60
const STEP = 0.1
/** @type {Record<Order, string>} */
const ORDERS = { best: "Best first", doubtful: "Near the line", sample: "A sample to check" }

export class OneClass {
  /** @type {Order} */
  order = "best"
  /** @type {Scored[]} */
  pictures = []
  /** @type {ClassPictures | null} */
  answer = null
  threshold = 0
  latest = new Latest()

  /**
   * @param {HTMLElement} host
   * @param {Context} context
   * @param {{ list: ListRow, row: ClassRow, back: () => void }} options
   */
  constructor(host, context, { list, row, back }) {
    this.host = host
    this.context = context
    this.list = list
    this.row = row
    this.back = back
    this.count = element("output", { class: "count", for: "class-threshold" })
    this.looked = element("p", { class: "muted" })
    this.line = element("input", { type: "range", id: "class-threshold", step: String(STEP) })
    this.tiles = element("ul", { class: "tiles class-pictures" })
    this.more = button("Show more", () => this.grow())
  }

  async show() {
    this.host.replaceChildren(element("p", { class: "muted" }, "Looking…"))
    await this.load()
    this.host.replaceChildren(this.head(), this.controls(), this.tiles, this.more)
    this.paint()
    this.line.focus()
  }

  /** @param {ListRow | null} list */
  update(list) {
    const row = list?.classes.find(({ name }) => name === this.row.name)
    if (!list || !row) return this.back()
    this.list = list
    this.row = row
    this.looked.textContent = row.precision.words
  }

  get url() {
    return below(this.context.routes.classes, String(this.list.id))
  }

  async load() {
    this.pictures = []
    const answer = await this.page()
    this.answer = answer
    this.threshold = answer.threshold
  }

  /** @returns {Promise<ClassPictures>} */
  async page() {
    const route = below(this.context.routes.classes, String(this.list.id), "pictures")
    /** @type {Record<string, string>} */
    const params = { name: this.row.name, order: this.order, offset: String(this.pictures.length), limit: String(PAGE) }
    const url = Object.entries(params).reduce((made, [name, value]) => withParameter(made, name, value), route)
    const answer = /** @type {ClassPictures} */ (await ask(url, undefined, this.latest.begin()))
    this.pictures.push(...answer.pictures)
    return answer
  }

  head() {
    const made = element("div", { class: "row head" })
    made.append(button("← All classes", this.back, "button small"), element("h2", {}, this.row.name), this.looked)
    this.looked.textContent = this.row.precision.words
    return made
  }

  controls() {
    const { curve, suggested } = /** @type {ClassPictures} */ (this.answer)
    const scores = curve.map(([score]) => score)
    this.line.min = String(Math.floor(Math.min(...scores, suggested, this.threshold)))
    this.line.max = String(Math.ceil(Math.max(...scores, suggested, this.threshold)))
    this.line.value = String(this.threshold)
    this.line.disabled = !this.context.edits
    this.line.oninput = () => this.move(Number(this.line.value))
    this.line.onchange = () => this.keep(Number(this.line.value))
    const made = element("div", { class: "controls" })
    const label = element("label", { for: "class-threshold" }, "A picture is one from strength")
    const back = button("Suggested", () => {
      this.move(suggested)
      this.line.value = String(suggested)
      this.keep(null)
    }, "button small")
    made.append(label, this.line, this.count, ...(this.context.edits ? [back] : []), this.orders())
    return made
  }

  orders() {
    const made = element("div", { class: "pills", role: "group", "aria-label": "Order" })
    for (const order of /** @type {Order[]} */ (Object.keys(ORDERS))) {
      const pill = button(ORDERS[order], () => {
        this.order = order
        this.load().then(() => {
          for (const other of made.children) other.setAttribute("aria-pressed", String(other === pill))
          this.paint()
        }, this.context.fail)
      }, "pill")
      pill.setAttribute("aria-pressed", String(order === this.order))
      made.append(pill)
    }
    return made
  }

  paint() {
    const { total } = /** @type {ClassPictures} */ (this.answer)
    this.tiles.replaceChildren(...this.pictures.map((one, at) => this.tile(one, at)))
    this.tiles.onkeydown = event => this.onKey(event)
    this.more.hidden = this.pictures.length >= total
    this.move(this.threshold)
  }

  async grow() {
    const before = this.pictures.length
    try {
      await this.page()
    } catch (error) {
      return this.context.fail(error)
    }
    this.tiles.append(...this.pictures.slice(before).map((one, at) => this.tile(one, before + at)))
    this.more.hidden = this.pictures.length >= (this.answer?.total ?? 0)
    this.move(this.threshold)
  }

  /**
   * @param {Scored} one
   * @param {number} at
   */
  tile(one, at) {
    const said = element("p", { class: "row said-of" })
    said.append(element("span", { class: "score" }, one.score.toFixed(1)))
    if (this.context.edits) said.append(this.verdict(one, at, true), this.verdict(one, at, false))
    const made = tile(one, this.context.routes.thumbnails, [said])
    made.dataset.at = String(at)
    return made
  }

  /**
   * @param {Scored} one
   * @param {number} at
   * @param {boolean} right
   */
  verdict(one, at, right) {
    const made = button(right ? "✓" : "✗", () => this.say(at, one.right === right ? null : right), `verdict ${right ? "yes" : "no"}`)
    made.setAttribute("aria-label", `${one.name} ${right ? "is" : "is not"} ${this.row.name}`)
    made.setAttribute("aria-pressed", String(one.right === right))
    return made
  }

  /**
   * Show where the line is, before it is kept.
   * @param {number} threshold
   */
  move(threshold) {
    this.threshold = threshold
    const count = countAbove(this.answer?.curve ?? [], threshold)
    this.count.textContent = `${threshold.toFixed(1)} · ${plural(count, "picture")}`
    this.line.setAttribute("aria-valuetext", `${threshold.toFixed(1)}, ${plural(count, "picture")}`)
    for (const item of this.tiles.children) {
      const one = this.pictures[Number(item instanceof HTMLElement ? item.dataset.at : -1)]
      item.classList.toggle("outside", !!one && !(one.right ?? one.score >= threshold))
    }
  }

  /** @param {number | null} threshold */
  async keep(threshold) {
    try {
      await ask(this.url, { thresholds: { [this.row.name]: threshold } }, undefined, "PATCH")
      this.row.threshold = threshold
    } catch (error) {
      this.context.fail(error)
    }
  }

  /**
   * @param {number} at
   * @param {boolean | null} right
   */
  async say(at, right) {
    const one = this.pictures[at]
    if (!one) return
    const said = { right: right === true ? [one.content_hash] : [], wrong: right === false ? [one.content_hash] : [], clear: right === null ? [one.content_hash] : [] }
    try {
      const row = /** @type {ClassRow} */ (await ask(below(this.context.routes.classes, String(this.list.id), "decisions"), { name: this.row.name, ...said }))
      one.right = right
      this.row = row
      this.looked.textContent = row.precision.words
      const had = this.tiles.contains(this.tiles.getRootNode() instanceof ShadowRoot ? /** @type {ShadowRoot} */ (this.tiles.getRootNode()).activeElement : null)
      const made = this.tile(one, at)
      this.tiles.children[at]?.replaceWith(made)
      if (had) this.focus(at)
      this.move(this.threshold)
      this.context.say(`${one.name}: ${right === null ? "taken back" : right ? "right" : "wrong"}. ${row.precision.words}`)
    } catch (error) {
      this.context.fail(error)
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const item = closest(event, "li")
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return
    const at = Number(item.dataset.at)
    /** @type {Record<string, () => void>} */
    const acts = {
      y: () => this.say(at, true).then(() => this.focus(at + 1)),
      n: () => this.say(at, false).then(() => this.focus(at + 1)),
      arrowright: () => this.focus(at + 1),
      arrowleft: () => this.focus(at - 1),
    }
    const act = acts[event.key.toLowerCase()]
    if (!act) return
    event.preventDefault()
    act()
  }

  /** @param {number} at */
  focus(at) {
    const found = this.tiles.children[at]?.querySelector("button")
    if (found instanceof HTMLElement) found.focus()
  }
}
