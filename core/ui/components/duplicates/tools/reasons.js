// In which order the reasons decide which picture is suggested, and which folders are the better ones: kept by the
// browser.

import { element, finder, remember, remembered } from "../../shared/base.js"
import { Floating } from "../../shared/floating.js"
import { REASONS } from "../words.js"

/** @import { Reason } from "../types.d.ts" */

const NAMES = /** @type {Reason[]} */ (Object.keys(REASONS))

export class Reasons {
  order = ordered(remembered("duplicate-reasons"))
  folders = texts(remembered("duplicate-folders"))

  /**
   * @param {HTMLElement} opener
   * @param {HTMLElement} box
   * @param {() => void} changed
   */
  constructor(opener, box, changed) {
    this.find = finder(box)
    this.changed = changed
    this.floating = new Floating(box)
    this.field = this.find("textarea", HTMLTextAreaElement)
    opener.onclick = () => (this.floating.open ? this.floating.close() : this.open(opener))
    this.field.onchange = () => this.set(this.order, texts(this.field.value.split("\n")))
    this.find(".reset-reasons").onclick = () => this.set([...NAMES], [])
    this.paint()
  }

  /** @param {HTMLElement} opener */
  open(opener) {
    this.floating.show(opener)
    this.find("button").focus()
  }

  /**
   * @param {Reason[]} order
   * @param {string[]} folders
   */
  set(order, folders) {
    this.order = order
    this.folders = folders
    remember("duplicate-reasons", order)
    remember("duplicate-folders", folders)
    this.paint()
    this.changed()
  }

  paint() {
    this.field.value = this.folders.join("\n")
    this.find("ol").replaceChildren(...this.order.map((name, at) => this.row(name, at)))
  }

  /**
   * @param {Reason} name
   * @param {number} at
   */
  row(name, at) {
    const row = element("li", {}, REASONS[name])
    for (const [by, sign, way] of /** @type {[number, string, string][]} */ ([[-1, "↑", "earlier"], [1, "↓", "later"]])) {
      const button = element("button", { type: "button", "aria-label": `${REASONS[name]}: ${way}`, title: `Decides ${way}` }, sign)
      button.disabled = at + by < 0 || at + by >= this.order.length
      button.onclick = () => this.move(at, by)
      row.append(button)
    }
    return row
  }

  /**
   * @param {number} at
   * @param {number} by
   */
  move(at, by) {
    this.set(moved(this.order, at, by), this.folders)
    const row = this.find("ol").children[at + by]
    const buttons = [...(row?.querySelectorAll("button") ?? [])]
    ;(by < 0 ? buttons : buttons.reverse()).find(button => !button.disabled)?.focus()
  }
}

/**
 * @template Item
 * @param {Item[]} order
 * @param {number} at
 * @param {number} by
 */
export function moved(order, at, by) {
  const now = [...order]
  now.splice(at + by, 0, ...now.splice(at, 1))
  return now
}

/**
 * All reasons, those that were kept first: other versions know others.
 * @param {unknown} kept
 * @returns {Reason[]}
 */
export function ordered(kept) {
  const known = Array.isArray(kept) ? NAMES.filter(name => kept.includes(name)).sort((a, b) => kept.indexOf(a) - kept.indexOf(b)) : []
  return [...known, ...NAMES.filter(name => !known.includes(name))]
}

/** @param {unknown} kept */
function texts(kept) {
  return Array.isArray(kept) ? kept.filter(one => typeof one === "string").map(one => one.trim()).filter(Boolean) : []
}
