// How often each label is given, in each split; and what the boxes are like.

import { element } from "../../shared/base.js"
import { plural } from "../../shared/format.js"
import { ask, Latest } from "../../shared/requests.js"
import { below } from "../../shared/routes.js"
import { button } from "../working.js"
import { Boxes } from "./boxes.js"

/** @import { BalanceReport, BalanceRow, Context, Health, Part } from "../types.d.ts" */

/** @import { Working } from "../working.js" */

const FEW = 30 // rows that show at first
/** @type {Record<string, string>} */
const NONE = { "": "no split" }

/** @implements {Part} */
export class Balance {
  what = /** @type {"pictures" | "boxes"} */ ("pictures")
  all = false
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
    this.table = element("section", { "aria-label": "Class balance" })
    this.boxes = element("section", { "aria-label": "Boxes" })
  }

  async show() {
    const { routes } = this.context
    const signal = this.latest.begin()
    const health = /** @type {Health} */ (await ask(below(routes.labels, "check"), undefined, signal))
    this.working.show(health.work, {
      words: health.labelled ? `${plural(health.labelled, "picture")} with ${plural(health.labels, "label")}.` : "No picture here has labels.",
      again: () => this.show().catch(this.context.fail),
    })
    if (!health.labelled) return this.host.replaceChildren(element("p", { class: "empty" }, "Labels come with datasets: index one in the layout of YOLO, COCO or Pascal VOC."))
    this.host.replaceChildren(this.table, this.boxes)
    this.paint(await ask(below(routes.labels, "balance"), undefined, signal))
    new Boxes(this.boxes, this.context).show(await ask(below(routes.labels, "boxes"), undefined, signal))
  }

  close() {
    this.latest.stop()
  }

  /** @param {BalanceReport} report */
  paint(report) {
    const { splits, rows, notes } = report
    const head = element("div", { class: "row head" })
    const pills = element("div", { class: "pills", role: "group", "aria-label": "What is counted" })
    for (const what of /** @type {const} */ (["pictures", "boxes"])) {
      const pill = button(what === "pictures" ? "Pictures" : "Boxes", () => {
        this.what = what
        this.paint(report)
      }, "pill")
      pill.setAttribute("aria-pressed", String(what === this.what))
      pills.append(pill)
    }
    head.append(element("h2", {}, "Balance"), pills)
    const told = element("ul", { class: "notes" })
    told.append(...notes.map(note => element("li", {}, note)))
    this.table.replaceChildren(head, told, this.chart(splits, rows))
    if (rows.length > FEW && !this.all) {
      this.table.append(button(`Show all ${rows.length.toLocaleString("en")} labels`, () => {
        this.all = true
        this.paint(report)
      }))
    }
  }

  /**
   * @param {string[]} splits
   * @param {BalanceRow[]} rows
   */
  chart(splits, rows) {
    const count = (/** @type {BalanceRow} */ row) => splits.reduce((sum, split) => sum + (row[this.what][split] ?? 0), 0)
    const sorted = [...rows].sort((one, other) => count(other) - count(one))
    const largest = Math.max(1, ...rows.map(count))
    const table = element("table", { class: "balance" })
    const head = element("tr", {})
    head.append(
      element("th", { scope: "col" }, "Label"),
      ...splits.map((split, at) => heading(NONE[split] ?? split, at)),
      element("th", { scope: "col", class: "chart" }, ""),
    )
    const top = element("thead", {})
    top.append(head)
    const body = element("tbody", {})
    body.append(...sorted.slice(0, this.all ? rows.length : FEW).map(row => this.line(row, splits, largest)))
    table.append(top, body)
    return table
  }

  /**
   * @param {BalanceRow} row
   * @param {string[]} splits
   * @param {number} largest
   */
  line(row, splits, largest) {
    const made = element("tr", {})
    const name = element("th", { scope: "row" })
    name.append(element("a", { href: searchFor(this.context.search, row.label), target: "_self" }, row.label))
    const bar = element("td", { class: "chart", "aria-hidden": "true" })
    const stack = element("div", { class: "stack" })
    for (const [at, split] of splits.entries()) {
      const part = element("span", { class: `part of-${at % 4}` })
      part.style.width = `${(100 * (row[this.what][split] ?? 0)) / largest}%`
      stack.append(part)
    }
    bar.append(stack)
    const cells = splits.map(split => {
      const value = row[this.what][split] ?? 0
      return element("td", value ? {} : { class: "none" }, value.toLocaleString("en"))
    })
    made.append(name, ...cells, bar)
    return made
  }
}

/**
 * @param {string} words
 * @param {number} at
 */
function heading(words, at) {
  const made = element("th", { scope: "col" })
  made.append(element("span", { class: `dot of-${at % 4}`, "aria-hidden": "true" }), words)
  return made
}

/**
 * The URL of the search for a label.
 * @param {string} search
 * @param {string} label
 */
function searchFor(search, label) {
  const url = new URL(search, document.baseURI)
  url.searchParams.set("q", `label:${/[\s,"“”„]|^~/.test(label) ? `"${label.replaceAll('"', '""')}"` : label}`)
  return url.href
}
