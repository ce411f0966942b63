// What the overview is made of: cards with a heading, lists with bars, numbers.

import { element } from "../shared/base.js"
import { searchLink } from "../shared/links.js"

/** @import { Acts, Row } from "./types.d.ts" */

let numbered = 0

/**
 * @param {string} title
 * @param {string} kind Its class, by which it has its place.
 * @param {(HTMLElement | SVGElement | null)[]} parts
 * @param {string} [about]
 */
export function card(title, kind, parts, about = "") {
  const id = `card-${(numbered += 1)}`
  const made = element("section", { class: `card ${kind}`, "aria-labelledby": id })
  const head = element("div", { class: "head" })
  head.append(element("h2", { id }, title))
  if (about) head.append(element("span", { class: "about" }, about))
  made.append(head, ...parts.filter(one => one !== null))
  return made
}

/**
 * Names with bars as long as their numbers.
 * @param {Row[]} rows
 * @param {Acts} acts
 * @param {string} [rest] What is said below.
 */
export function bars(rows, acts, rest = "") {
  const most = Math.max(...rows.map(row => row.count), 1)
  const list = element("ul", { class: "bars" })
  list.append(...rows.map(row => barOf(row, most, acts)))
  if (rest) list.append(element("li", { class: "rest" }, rest))
  return list
}

/**
 * @param {Row} row
 * @param {number} most
 * @param {Acts} acts
 */
function barOf(row, most, acts) {
  const made = element("li")
  const said = row.said ?? row.count.toLocaleString("en")
  const link = row.search ? searchLink(row.search, acts.open, { class: "row" }) : button("row", row.act)
  link.style.setProperty("--share", String(row.count / most))
  link.append(element("span", { class: "name", title: row.name }, row.name), element("span", { class: "said" }, said))
  made.append(link)
  return made
}

/**
 * @param {string} kind
 * @param {(() => void) | undefined} act
 * @param {string} [words]
 */
export function button(kind, act, words = "") {
  const made = element("button", { type: "button", class: kind }, words)
  if (act) made.onclick = act
  else made.disabled = true
  return made
}

/**
 * Words side by side, each a link.
 * @param {Row[]} rows
 * @param {Acts} acts
 */
export function chips(rows, acts) {
  const list = element("ul", { class: "chips" })
  for (const row of rows) {
    const made = element("li")
    const link = searchLink(row.search ?? {}, acts.open, { class: "chip" }, row.name)
    if (row.said) link.append(element("span", { class: "said" }, row.said))
    made.append(link)
    list.append(made)
  }
  return list
}

/**
 * Something that was not looked for yet, and how to begin.
 * @param {string} words
 * @param {string} label
 * @param {(() => void) | null} act
 */
export function offer(words, label, act) {
  const made = element("div", { class: "offer" })
  made.append(element("p", {}, words))
  if (act) made.append(button("button", act, label))
  return made
}
