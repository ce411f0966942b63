// What is said of two pictures that are compared: what is known of both, and what can be done with each.

import { element } from "../shared/base.js"
import { below } from "../shared/routes.js"
import { rows } from "./facts.js"

/** @import { Choice, Item } from "./types.d.ts" */

/**
 * A line of the table for each fact. What differs is told by a sign, and in words for those who do not see it.
 * @param {Item} one
 * @param {Item} other
 */
export function lines(one, other) {
  return rows(one, other).map(({ term, values, differs }) => {
    const line = element("tr", differs ? { class: "differs" } : {})
    const head = element("th", { scope: "row" }, term)
    if (differs) head.append(element("span", { class: "sign", "aria-hidden": true }, "≠"), element("span", { class: "visually-hidden" }, ", differs"))
    line.append(head, ...values.map(value => element("td", {}, value || "–")))
    return line
  })
}

/**
 * @param {Choice} choice
 * @param {Item} item
 */
export function choiceButton({ label, pressed, run }, item) {
  const button = element("button", { type: "button", class: "pane-choice", "aria-label": `${label}: ${item.name}` }, label)
  if (pressed !== undefined) button.setAttribute("aria-pressed", String(pressed))
  button.onclick = run
  return button
}

/**
 * One of all that could be compared.
 * @param {Item} item
 * @param {number} at
 * @param {number} side Where it is shown: 0 or 1, or less where it is not.
 * @param {string} thumbnails The route.
 */
export function small(item, at, side, thumbnails) {
  const place = element("li")
  const button = element("button", { type: "button", "data-at": at, title: item.name, "aria-pressed": side >= 0 })
  button.setAttribute("aria-label", side < 0 ? `Compare with ${item.name}` : `${item.name}, shown as the ${side ? "second" : "first"}`)
  const image = element("img", { alt: "", loading: "lazy", draggable: false })
  image.src = below(thumbnails, item.content_hash)
  button.append(image)
  if (side >= 0) button.append(element("span", { class: "side", "aria-hidden": true }, String(side + 1)))
  place.append(button)
  return place
}

/**
 * What is known already stays: it may be newer.
 * @param {Item} item
 * @param {Item | undefined} found
 * @returns {Item}
 */
export function completed(item, found) {
  const known = Object.entries(item).filter(([, value]) => value !== undefined && value !== null)
  return { ...item, ...found, ...Object.fromEntries(known) }
}
