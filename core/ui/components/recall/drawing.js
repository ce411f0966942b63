// The chart: a line for what is found, bars below it for how long it takes, both over how many are looked at.

import { milliseconds, share } from "./numbers.js"

/** @import { Point, Report, Row } from "./types.d.ts" */

const LEFT = 52 // pixels: the names of the values
const RIGHT = 12
const TOP = 22
const LINE = 132 // of what is found
const GAP = 26
const BARS = 56 // of times
const NAMES = 40
const HEIGHT = TOP + LINE + GAP + BARS + NAMES

/**
 * @param {SVGSVGElement} svg
 * @param {Row[]} rows
 * @param {Report} report
 * @param {number} width
 */
export function drawing(svg, rows, report, width) {
  const places = columns(rows.length, Math.max(width, 200))
  const low = lowest(rows, report.target)
  const high = Math.max(...rows.map(row => row.p50_ms), 0.1)
  const points = rows.map((row, at) => ({ x: places[at] ?? 0, y: height(row.recall, low) }))
  svg.setAttribute("viewBox", `0 0 ${Math.max(width, 200)} ${HEIGHT}`)
  svg.setAttribute("height", String(HEIGHT))
  svg.replaceChildren(
    ...scale(low, report.target, Math.max(width, 200)),
    ...rows.map((row, at) => bar(row, places[at] ?? 0, high, barWidth(places))),
    shape("path", { class: "line", d: path(points) }),
    ...rows.flatMap((row, at) => dot(row, points[at] ?? { x: 0, y: 0 }, report)),
    ...rows.flatMap((row, at) => names(row, places[at] ?? 0, at, rows, report)),
  )
}

/**
 * Where each of so many columns has its middle.
 * @param {number} count
 * @param {number} width
 */
export function columns(count, width) {
  const each = (width - LEFT - RIGHT) / count
  return Array.from({ length: count }, (_, at) => LEFT + (at + 0.5) * each)
}

/**
 * Where the scale of what is found begins: below all of it, on a round share.
 * @param {Pick<Row, "recall">[]} rows
 * @param {number} target
 */
export function lowest(rows, target) {
  const least = Math.min(...rows.map(row => row.recall), target - 0.02)
  return Math.max(0, Math.floor(20 * (least - 0.01)) / 20)
}

/**
 * @param {number} recall
 * @param {number} low
 */
function height(recall, low) {
  return TOP + LINE * (1 - (recall - low) / (1 - low))
}

/** @param {number[]} places */
function barWidth(places) {
  return Math.min(28, Math.max(6, ((places[1] ?? 60) - (places[0] ?? 0)) * 0.55))
}

/** @param {Point[]} points */
function path(points) {
  return points.map(({ x, y }, at) => `${at ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("")
}

/**
 * @param {number} low
 * @param {number} target
 * @param {number} width
 */
function scale(low, target, width) {
  const shares = [low, target, 1]
  const end = width - RIGHT
  return [
    ...shares.map(value => rule(height(value, low), end, value === target ? "rule target" : "rule")),
    rule(TOP + LINE + GAP + BARS, end, "rule"),
    ...[low, target].map(value => text(share(value), LEFT - 8, height(value, low) + (value === target ? 9 : 4), "side")),
    text(share(1), LEFT - 8, height(1, low) - 1, "side"),
  ]
}

/**
 * @param {number} y
 * @param {number} end
 * @param {string} kind
 */
function rule(y, end, kind) {
  return shape("line", { class: kind, x1: LEFT, x2: end, y1: y, y2: y })
}

/**
 * @param {Row} row
 * @param {number} x
 * @param {number} high
 * @param {number} width
 */
function bar(row, x, high, width) {
  const tall = Math.max(2, (BARS - 14) * (row.p50_ms / high))
  const y = TOP + LINE + GAP + BARS - tall
  return titled(shape("rect", { class: row.used ? "bar used" : "bar", x: x - width / 2, y, width, height: tall, rx: 3 }), row)
}

/**
 * @param {Row} row
 * @param {Point} point
 * @param {Report} report
 */
function dot(row, { x, y }, { target, cheapest }) {
  const kind = row.recall >= target ? "dot reached" : "dot"
  const ring = row.used || row.breadth === cheapest?.breadth
  return [
    ...(ring ? [shape("circle", { class: row.used ? "ring used" : "ring", cx: x, cy: y, r: 9 })] : []),
    titled(shape("circle", { class: kind, cx: x, cy: y, r: 4.5 }), row),
  ]
}

/**
 * What is looked at and how long it takes, where there is room: of the first, the last, and what matters.
 * @param {Row} row
 * @param {number} x
 * @param {number} at
 * @param {Row[]} rows
 * @param {Report} report
 */
function names(row, x, at, rows, { cheapest }) {
  const enough = row.breadth === cheapest?.breadth && !row.used
  const matters = row.used || enough
  const beside = [rows[at - 1], rows[at + 1]].some(one => one?.used || (one && one.breadth === cheapest?.breadth))
  const shown = matters || rows.length <= 7 || ((at === 0 || at === rows.length - 1 || at % 2 === 0) && !beside)
  const bottom = TOP + LINE + GAP + BARS
  return [
    ...(shown ? [text(short(row.breadth ?? 0), x, bottom + 16, matters ? "name strong" : "name")] : []),
    ...(matters ? [text(row.used ? "in use" : "enough", x, bottom + 31, row.used ? "tag used" : "tag")] : []),
    ...(matters || rows.length <= 7 ? [text(milliseconds(row.p50_ms).replace(" ms", ""), x, time(row), "name")] : []),
  ]

  /** @param {Row} one */
  function time(one) {
    const high = Math.max(...rows.map(other => other.p50_ms), 0.1)
    return bottom - Math.max(2, (BARS - 14) * (one.p50_ms / high)) - 4
  }
}

/** @param {number} number */
function short(number) {
  return number >= 1000 ? `${number / 1000}k` : String(number)
}

/**
 * @param {SVGElement} made
 * @param {Row} row
 */
function titled(made, row) {
  const words = `${(row.breadth ?? 0).toLocaleString("en")}: ${share(row.recall)} in ${milliseconds(row.p50_ms)}`
  const title = shape("title", {})
  title.textContent = words
  made.append(title)
  return made
}

/**
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {string} kind
 */
function text(words, x, y, kind) {
  const made = shape("text", { class: kind, x, y })
  made.textContent = words
  return made
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 */
function shape(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  return /** @type {SVGElement} */ (made)
}
