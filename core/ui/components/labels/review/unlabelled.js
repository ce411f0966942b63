// Pictures without labels that look like one: to be tagged with it, one by one or all.

import { element } from "../../shared/base.js"
import { plural } from "../../shared/format.js"
import { ask, Latest } from "../../shared/requests.js"
import { below, withParameter } from "../../shared/routes.js"
import { percent, tile } from "../pictures.js"
import { button } from "../working.js"

/** @import { Context, Health, Part, UnlabelledPage } from "../types.d.ts" */
/** @import { Working } from "../working.js" */
/** @typedef {UnlabelledPage["rows"][number]} Row */

const PAGE = 60

/** @implements {Part} */
export class Unlabelled {
  /** @type {Row[]} */
  rows = []
  total = 0
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
    this.tiles = element("ul", { class: "tiles" })
    this.more = button("Show more", () => this.grow().catch(this.context.fail))
  }

  async show() {
    const health = /** @type {Health} */ (await ask(below(this.context.routes.labels, "check"), undefined, this.latest.begin()))
    this.working.show(health.work, {
      words: summary(health),
      again: () => this.show().catch(this.context.fail),
    })
    if (!health.made) return this.host.replaceChildren(element("p", { class: "empty" }, "Check the labels first, under Suspicious: what pictures without labels look like is learned from those that have some."))
    this.rows = []
    this.tiles.replaceChildren()
    await this.grow()
    this.host.replaceChildren(...(this.total ? [this.tiles, this.more] : [element("p", { class: "empty good" }, "No picture without labels looks like one.")]))
  }

  close() {
    this.latest.stop()
  }

  async grow() {
    const route = below(this.context.routes.labels, "unlabelled")
    const url = withParameter(withParameter(route, "offset", String(this.rows.length)), "limit", String(PAGE))
    const page = /** @type {UnlabelledPage} */ (await ask(url, undefined, this.latest.begin()))
    this.total = page.total
    this.rows.push(...page.rows)
    this.tiles.append(...page.rows.map(row => this.tile(row)))
    this.more.hidden = !page.rows.length || this.rows.length >= page.total
  }

  /** @param {Row} row */
  tile(row) {
    const said = element("p", { class: "row said-of" })
    said.append(element("span", { class: "score" }, `${row.label} · ${percent(row.probability)}`))
    if (this.context.edits) {
      const tag = button("Tag", () => this.tag(row, tag), "button small")
      tag.setAttribute("aria-label", `Tag ${row.picture.name} with ${row.label}`)
      said.append(tag)
    }
    return tile(row.picture, this.context.routes.thumbnails, [said])
  }

  /**
   * @param {Row} row
   * @param {HTMLButtonElement} pressed
   */
  async tag({ picture, label }, pressed) {
    try {
      await ask(this.context.routes.tags, { ids: [picture.id], add: [label] })
      pressed.textContent = "Tagged"
      pressed.disabled = true
      this.context.say(`${picture.name} is tagged with ${label}.`)
    } catch (error) {
      this.context.fail(error)
    }
  }
}

/** @param {Health} health */
function summary({ pictures, labelled, unlabelled, made }) {
  const without = pictures - labelled
  if (!made) return `${plural(without, "picture")} without labels.`
  return `${plural(without, "picture")} without labels: ${unlabelled.toLocaleString("en")} look like one.`
}
