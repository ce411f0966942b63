// How many of the nearest are found: in figures, in a sentence, drawn over the effort that it takes, and as a table.

import { element, finder, mounting, part } from "../shared/base.js"
import { drawing } from "./drawing.js"
import { milliseconds, share } from "./numbers.js"

/** @import { Trigger } from "../shared/types.d.ts" */
/** @import { RecallData, Report, Row } from "./types.d.ts" */

export default mounting(".recall", (root, _data, trigger) => new Recall(root, trigger))

class Recall {
  /** @type {Report | undefined} */
  report

  /**
   * @param {HTMLElement} root
   * @param {Trigger} trigger
   */
  constructor(root, trigger) {
    this.trigger = trigger
    this.find = finder(root)
    this.chart = this.find(".chart")
    this.picture = part(root, ".chart svg", SVGSVGElement)
    this.watching = new ResizeObserver(() => this.draw())
    this.watching.observe(this.chart)
    root.onkeydown = event => event.stopPropagation() // Streamlit has shortcuts of its own on single letters
  }

  close() {
    this.watching.disconnect()
  }

  /** @param {RecallData} data */
  show({ report }) {
    this.report = report
    this.find(".figures").replaceChildren(...figures(report).flatMap(one => figure(...one)))
    this.find(".verdict").textContent = report.verdict
    this.find(".notes").replaceChildren(...report.notes.map(note => element("li", {}, note)))
    this.find(".breadth").textContent = capital(report.breadth_of)
    this.find("tbody").replaceChildren(...report.rows.map(row => line(row, report)))
    this.find(".settings").hidden = report.rows.length < 2
    this.draw()
  }

  draw() {
    const { report } = this
    if (!report) return
    const rows = sweep(report)
    this.chart.hidden = rows.length < 2
    if (this.chart.hidden) return
    this.find(".axis").textContent = `over the ${report.breadth_of} looked at`
    this.picture.setAttribute("aria-label", `${report.verdict} All numbers are in the table below.`)
    drawing(this.picture, rows, report, this.chart.clientWidth)
  }
}

/**
 * The settings that differ in how many are looked at alone.
 * @param {Report} report
 */
function sweep({ rows, used }) {
  const oversampling = used?.oversampling ?? rows.find(row => row.breadth !== null)?.oversampling
  return rows.filter(row => row.breadth !== null && row.oversampling === oversampling)
}

/**
 * @param {Report} report
 * @returns {[string, string, string][]} A name, its value, and what is said below.
 */
function figures({ used, exact_ms, k, searched }) {
  if (!used) return []
  return [
    [`Found of the nearest ${k}`, share(used.recall), kinds(used)],
    ["Time of a search", milliseconds(used.p50_ms), `${milliseconds(used.p95_ms)} at the 95th percentile`],
    ["Comparing each picture", milliseconds(exact_ms), `${searched.toLocaleString("en")} pictures`],
  ]
}

/** @param {Row} row */
function kinds({ kinds }) {
  return Object.entries(kinds)
    .map(([kind, recall]) => `${kind} ${share(recall)}`)
    .join(" · ")
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} below
 */
function figure(name, value, below) {
  const box = element("div")
  box.append(element("dt", {}, name), element("dd", {}, value), element("dd", { class: "below" }, below))
  return [box]
}

/**
 * @param {Row} row
 * @param {Report} report
 */
function line(row, { cheapest }) {
  const made = element("tr", row.used ? { class: "used" } : {})
  const first = element("th", { scope: "row" }, row.breadth?.toLocaleString("en") ?? "Each picture")
  const enough = row.breadth !== null && same(row, cheapest)
  if (row.used) first.append(" ", element("span", { class: "mark" }, "in use"))
  if (enough && !row.used) first.append(" ", element("span", { class: "mark enough" }, "enough"))
  const oversampling = row.oversampling === null ? "" : `${row.oversampling}×`
  const cells = [oversampling, share(row.recall), milliseconds(row.p50_ms)].map(text => element("td", {}, text))
  made.append(first, ...cells)
  return made
}

/**
 * @param {Row} row
 * @param {Row | null} other
 */
function same(row, other) {
  return row.breadth === other?.breadth && row.oversampling === other?.oversampling
}

/** @param {string} word */
function capital(word) {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
