// When pictures were taken: a bar for each stretch of time, each a link. One of them is in the order of Tab, arrows lead
// to the others.

import { element } from "../shared/base.js"
import { plural } from "../shared/format.js"
import { searchLink } from "../shared/links.js"

/** @import { Acts, Bar, Timeline } from "./types.d.ts" */

const NAMES = 6 // below the bars, at most

/**
 * @param {Timeline} timeline
 * @param {Acts} acts
 */
export function timelineOf({ bars, undated, undated_filter }, acts) {
  const most = Math.max(...bars.map(bar => bar.count), 1)
  const chart = element("ol", { class: "timeline", "aria-label": "Pictures by date; arrow keys go from bar to bar" })
  const links = bars.map(bar => barLink(bar, most, acts))
  chart.append(...links.map((link, at) => place(link, bars[at], named(at, bars.length))))
  let current = Math.max(0, bars.findIndex(bar => bar.count === most))
  links[current]?.setAttribute("tabindex", "0")
  chart.onkeydown = event => {
    const next = step(event.key, current, links.length)
    if (next === null) return
    event.preventDefault()
    links[current]?.setAttribute("tabindex", "-1")
    current = next
    links[current]?.setAttribute("tabindex", "0")
    links[current]?.focus()
  }
  const made = element("div", { class: "dated" })
  if (bars.length) made.append(chart)
  if (undated) made.append(searchLink({ q: undated_filter }, acts.open, { class: "quiet" }, `${plural(undated, "picture")} without a date`))
  return made
}

/**
 * Where a key leads to, null where it is none of these.
 * @param {string} key
 * @param {number} at
 * @param {number} count
 */
export function step(key, at, count) {
  /** @type {Record<string, number>} */
  const targets = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: count - 1 }
  const target = targets[key]
  return target === undefined ? null : Math.max(0, Math.min(count - 1, target))
}

/**
 * Whether a bar is named below, of so many: the first, and others as far apart.
 * @param {number} at
 * @param {number} count
 */
export function named(at, count) {
  return at % Math.max(1, Math.ceil(count / NAMES)) === 0
}

/**
 * @param {Bar} bar
 * @param {number} most
 * @param {Acts} acts
 */
function barLink(bar, most, acts) {
  const words = `${bar.label}: ${plural(bar.count, "picture")}`
  const link = searchLink({ q: bar.filter }, acts.open, { class: bar.count ? "bar" : "bar none", tabindex: "-1", "aria-label": words, title: words })
  link.style.setProperty("--share", String(bar.count / most))
  link.append(element("span"))
  return link
}

/**
 * @param {HTMLElement} link
 * @param {Bar | undefined} bar
 * @param {boolean} isNamed
 */
function place(link, bar, isNamed) {
  const made = element("li")
  made.append(link)
  if (isNamed) made.append(element("span", { class: "when", "aria-hidden": true }, bar?.label ?? ""))
  return made
}
