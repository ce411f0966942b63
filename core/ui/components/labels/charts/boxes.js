// What the boxes of a dataset are like: how large, where they lie, and which look like mistakes.

import { element } from "../../shared/base.js"
import { plural } from "../../shared/format.js"
import { ask } from "../../shared/requests.js"
import { below, withParameter } from "../../shared/routes.js"
import { overlay, tile } from "../pictures.js"
import { button } from "../working.js"

/** @import { BoxProblem, BoxReport, Context } from "../types.d.ts" */

const SVG = "http://www.w3.org/2000/svg"
const PAGE = 60
/** @type {Record<string, string>} */
const KINDS = {
  tiny: "Tiny",
  twice: "Same box twice",
  contradicting: "Two labels on one box",
  cut: "Cut off by the edge",
  whole: "The whole picture",
  refused: "Out of bounds, not read",
}

export class Boxes {
  chosen = ""

  /**
   * @param {HTMLElement} host
   * @param {Context} context
   */
  constructor(host, context) {
    this.host = host
    this.context = context
    this.list = element("div", {})
  }

  /** @param {BoxReport} report */
  show(report) {
    const head = element("h2", {}, "Boxes")
    if (!report.boxes) return this.host.replaceChildren(head, element("p", { class: "empty" }, "The labels come without boxes."))
    const told = element("p", { class: "muted" }, `${plural(report.boxes, "box", "boxes")}, ${report.per_picture.toFixed(1)} in a picture that has some.`)
    const charts = element("div", { class: "charts" })
    charts.append(figure("Where they lie", heat(report.heat)), figure("How large they are", sizes(report.sizes)))
    this.host.replaceChildren(head, told, charts, this.problems(report.problems), this.list)
  }

  /** @param {Record<string, number>} problems */
  problems(problems) {
    const made = element("div", { class: "pills", role: "group", "aria-label": "Boxes to look at" })
    for (const [kind, words] of Object.entries(KINDS)) {
      const count = problems[kind] ?? 0
      const pill = button(`${words} · ${count.toLocaleString("en")}`, () => this.open(kind, pill), "pill")
      pill.setAttribute("aria-pressed", "false")
      if (!count) pill.setAttribute("disabled", "")
      made.append(pill)
    }
    return made
  }

  /**
   * @param {string} kind
   * @param {HTMLElement} pill
   */
  async open(kind, pill) {
    for (const other of pill.parentElement?.children ?? []) other.setAttribute("aria-pressed", String(other === pill))
    const url = withParameter(withParameter(below(this.context.routes.labels, "boxes", "problems"), "kind", kind), "limit", String(PAGE))
    try {
      const found = /** @type {BoxProblem[]} */ (await ask(url))
      const list = element("ul", { class: "tiles" })
      for (const { picture, boxes, words } of found) {
        const made = tile(picture, this.context.routes.thumbnails, [element("p", { class: "muted" }, words)])
        const frame = made.querySelector(".frame")
        frame?.classList.add("whole")
        frame?.append(fitted(overlay(boxes), picture.width, picture.height))
        list.append(made)
      }
      this.list.replaceChildren(list)
    } catch (error) {
      this.context.fail(error)
    }
  }
}

/**
 * The overlay as wide and high as the picture is in its frame, which shows all of it.
 * @param {SVGSVGElement} drawn
 * @param {number} width
 * @param {number} height
 */
function fitted(drawn, width, height) {
  const ratio = width / height / 1.5 // of the frame: 3 to 2
  drawn.style.inset = ratio > 1 ? `${50 - 50 / ratio}% 0` : `0 ${50 - 50 * ratio}%`
  drawn.style.width = ratio > 1 ? "100%" : `${100 * ratio}%`
  drawn.style.height = ratio > 1 ? `${100 / ratio}%` : "100%"
  return drawn
}

/**
 * @param {string} words
 * @param {Element} drawn
 */
function figure(words, drawn) {
  const made = element("figure", {})
  made.append(element("figcaption", {}, words), drawn)
  return made
}

/** @param {number[][]} rows How much of the boxes covers each part, from 0 to 1. */
function heat(rows) {
  const made = document.createElementNS(SVG, "svg")
  const across = rows[0]?.length ?? 1
  made.setAttribute("viewBox", `0 0 ${across} ${rows.length}`)
  made.setAttribute("class", "heat")
  made.setAttribute("role", "img")
  made.setAttribute("aria-label", place(rows))
  for (const [y, row] of rows.entries()) {
    for (const [x, value] of row.entries()) {
      const cell = document.createElementNS(SVG, "rect")
      for (const [name, one] of Object.entries({ x, y, width: 1.02, height: 1.02, opacity: value.toFixed(3) })) cell.setAttribute(name, String(one))
      made.append(cell)
    }
  }
  return made
}

/**
 * In words, for those who do not see it.
 * @param {number[][]} rows
 */
function place(rows) {
  const middle = rows[Math.floor(rows.length / 2)]?.[Math.floor((rows[0]?.length ?? 0) / 2)] ?? 0
  const corner = rows[0]?.[0] ?? 0
  return middle > 2 * corner ? "Most boxes cover the middle of the picture." : "Boxes are spread over the whole picture."
}

/** @param {{ words: string, count: number }[]} bins */
function sizes(bins) {
  const largest = Math.max(1, ...bins.map(({ count }) => count))
  const made = element("dl", { class: "sizes" })
  for (const { words, count } of bins) {
    const bar = element("dd", {}, count.toLocaleString("en"))
    bar.style.setProperty("--share", String(count / largest))
    made.append(element("dt", {}, words), bar)
  }
  return made
}
