// Two sides compared: in a sentence, in concepts and values that one has more of, and in pictures.

import { element, finder, mounting } from "../shared/base.js"
import { plural } from "../shared/format.js"
import { searchLink } from "../shared/links.js"
import { strip } from "../shared/strip.js"

/** @import { SearchParams, Trigger } from "../shared/types.d.ts" */
/** @import { ComparisonData, ConceptDifference, Side, ValueDifference } from "./types.d.ts" */

/** @typedef {(params: SearchParams) => void} Open */

export default mounting(".comparison", (root, _data, trigger) => new Comparison(root, trigger))

class Comparison {
  /**
   * @param {HTMLElement} root
   * @param {Trigger} trigger
   */
  constructor(root, trigger) {
    this.trigger = trigger
    this.find = finder(root)
    root.onkeydown = event => event.stopPropagation() // Streamlit has shortcuts of its own on single letters
  }

  /** @param {ComparisonData} data */
  show({ found, names, thumbnails }) {
    const open = (/** @type {SearchParams} */ params) => this.trigger("open", params)
    const { verdict, overlap } = found
    const mark = element("p", { class: `evidence ${verdict.evidence}` }, verdict.said)
    this.find(".verdict").replaceChildren(mark, element("p", { class: "about" }, overlap.said))
    this.find(".sides").replaceChildren(...found.sides.map((side, at) => sideOf(side, at, names, thumbnails[at] ?? "", found.has_concepts, open)))
    this.find(".values").replaceChildren(...valuesOf(found.values, found.sides, names, open))
  }
}

/**
 * @param {Side} side
 * @param {number} at
 * @param {string[]} names
 * @param {string} thumbnails
 * @param {boolean} hasConcepts
 * @param {Open} open
 */
function sideOf(side, at, names, thumbnails, hasConcepts, open) {
  const made = element("section", { class: `card side of-${at}`, "aria-label": names[at] ?? "" })
  const head = element("div", { class: "head" })
  const compared = side.compared < side.pictures ? ` · ${side.compared.toLocaleString("en")} compared` : ""
  head.append(
    element("h2", {}, names[at]),
    searchLink(within(side, ""), open, { class: "quiet" }, plural(side.pictures, "picture")),
    element("span", { class: "about" }, compared),
  )
  made.append(head, element("h3", {}, "Shows more of"))
  if (side.concepts.length) made.append(table(side.concepts, at, one => [one.concept, within(side, one.concept)], open))
  else made.append(element("p", { class: "about" }, hasConcepts ? "No concept that sets it apart." : "The model was not there to tell."))
  if (side.pictures_unlike.length) {
    const pictures = side.pictures_unlike.map(one => ({ ...one, search: { image: one.content_hash, ...collectionOf(side) } }))
    made.append(element("h3", {}, `Furthest from ${names[1 - at]}`), strip(pictures, { thumbnails, open, label: `Pictures of ${names[at]} that ${names[1 - at]} has nothing like` }))
  } else if (side.pictures) made.append(element("p", { class: "about" }, `For each of its pictures there is one like it in ${names[1 - at]}.`))
  return made
}

/**
 * @param {ValueDifference[]} values
 * @param {Side[]} sides
 * @param {string[]} names
 * @param {Open} open
 */
function valuesOf(values, sides, names, open) {
  if (!values.length) return []
  const made = element("section", { class: "card", "aria-label": "Labels and other values" })
  const head = element("div", { class: "head" })
  head.append(element("h2", {}, "Labels and other values"), element("span", { class: "about" }, names.join(" · ")))
  const more = (/** @type {ValueDifference} */ { shares: [first = 0, second = 0] }) => sides[second > first ? 1 : 0]
  made.append(head, table(values, -1, one => [`${one.facet}: ${one.value}`, within(/** @type {Side} */ (more(one)), one.filter)], open))
  return [made]
}

/**
 * Shares of both sides beside each other.
 * @template {ConceptDifference | ValueDifference} Row
 * @param {Row[]} rows
 * @param {number} of The side whose bar is drawn strong, or -1.
 * @param {(row: Row) => [name: string, leads: SearchParams]} told
 * @param {Open} open
 */
function table(rows, of, told, open) {
  const list = element("ul", { class: "pairs" })
  for (const row of rows) {
    const [name, leads] = told(row)
    const [first = 0, second = 0] = row.shares
    const words = `${name}: ${percent(first)} and ${percent(second)}, ${row.said}`
    const link = searchLink(leads, open, { class: "pair", "aria-label": words, title: words })
    const shares = element("span", { class: "shares" })
    for (const [at, share] of [first, second].entries()) {
      const bar = element("span", { class: `share of-${at}${of === at ? " own" : ""}` }, percent(share))
      bar.style.setProperty("--share", String(share))
      shares.append(bar)
    }
    link.append(element("span", { class: "name" }, name), shares, element("span", { class: `word ${row.evidence}` }, row.said))
    const made = element("li")
    made.append(link)
    list.append(made)
  }
  return list
}

/**
 * A search within a side.
 * @param {Side} side
 * @param {string} text
 * @returns {SearchParams}
 */
function within(side, text) {
  return { q: [text, side.conditions].filter(Boolean).join(" "), ...collectionOf(side) }
}

/**
 * @param {Side} side
 * @returns {SearchParams}
 */
function collectionOf({ collection }) {
  return collection ? { collection } : {}
}

/** @param {number} share */
export function percent(share) {
  if (share > 0 && share < 0.005) return "< 1 %"
  return `${Math.round(100 * share)} %`
}
