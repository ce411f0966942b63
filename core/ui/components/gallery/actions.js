// What can be done with a picture, in the order in which it is offered everywhere.

import { element, part } from "../shared/base.js"
import { glyph } from "./glyph.js"

/** @import { Action, Search, Tile } from "./types.d.ts" */

/** @type {Action[]} */
const ACTIONS = [
  { name: "similar", label: "Find similar", short: "Similar", icon: "similar", key: "s" },
  { name: "add", label: "Add to the search", short: "Add", icon: "add", key: "a" },
  { name: "exclude", label: "Exclude", short: "Exclude", icon: "exclude", key: "x" },
  { name: "more", label: "More like this", short: "More like", icon: "more", key: "m" },
  { name: "less", label: "Less like this", short: "Less like", icon: "less", key: "l" },
]

/**
 * Without a search there is nothing to add to.
 * @param {Search | null} search
 */
export function offered(search) {
  return search ? ACTIONS : ACTIONS.slice(0, 1)
}

// The buttons over a tile. There is one set, which goes to the tile that is pointed at or has the focus.
export class Toolbar {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element
  }

  /** @param {Search | null} search */
  offer(search) {
    const buttons = offered(search).map(({ name, label, icon, key }) =>
      this.button(name, icon, `${label} (${key.toUpperCase()})`)
    )
    if (search) buttons.push(this.button("menu", "dots", "All actions"))
    this.element.replaceChildren(...buttons)
  }

  /**
   * @param {string} name
   * @param {string} icon
   * @param {string} title
   */
  button(name, icon, title) {
    const button = element("button", { type: "button", tabindex: -1, "data-action": name, title, "aria-label": title })
    button.append(glyph(icon))
    return button
  }

  /** @param {Tile} tile */
  moveTo(tile) {
    if (tile.contains(this.element)) return
    part(tile, ".frame").append(this.element)
    this.element.setAttribute("aria-label", `Actions on ${tile.item.name}`)
  }
}
