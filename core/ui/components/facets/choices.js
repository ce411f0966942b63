// A list of values to choose and to exclude: Space or Enter chooses, minus excludes, arrows open and close branches. The
// group that it stands in moves between its rows.

import { arrange, closest, finder, focusedBeside, happenedOn, parts } from "../shared/base.js"
import { plural } from "../shared/format.js"

/** @import { Chosen, ChoiceState, Entry } from "./types.d.ts" */
/** @typedef {"choose" | "exclude"} Action */

const ITEM = ".item" // what a row is chosen by
const CHECKED = { in: "true", out: "mixed", "": "false" }
export const CHANGED = { in: "chosen", out: "excluded", "": "no longer chosen" }

export class Choices {
  /** @type {Map<string, Entry>} */
  entries = new Map() // by value, as they were painted
  /** @type {Map<string, HTMLElement>} */
  rows = new Map() // by value
  /** @type {WeakMap<HTMLElement, string>} */
  signatures = new WeakMap() // of what the rows show

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} template Of a row.
   * @param {{
   *   role: "treeitem" | "checkbox",
   *   act: (action: Action, value: string) => void,
   *   turn: (value: string, open: boolean) => void,
   * }} handlers `turn` is called for a tree, with whether to open a branch.
   */
  constructor(list, template, { role, act, turn }) {
    this.list = list
    this.template = template
    this.role = role
    this.act = act
    this.turn = turn
    list.onclick = event => this.onClick(event)
    list.onkeydown = event => this.onKey(event)
  }

  /** What has the focus, if it is of this list. */
  get focused() {
    const focused = focusedBeside(this.list)
    return focused?.closest(".rows") === this.list ? focused : null
  }

  // Somebody is at it: what is under the pointer or has the keyboard must not go elsewhere.
  get busy() {
    return this.list.matches(":hover") || Boolean(this.list.querySelector(":focus-visible"))
  }

  /** @param {Entry[]} entries */
  paint(entries) {
    const { focused, rows: known } = this
    this.entries = new Map(entries.map(entry => [entry.value, entry]))
    this.rows = new Map(entries.map(entry => [entry.value, this.fill(known.get(entry.value) ?? this.newRow(), entry)]))
    arrange(this.list, [...this.rows.values()])
    if (focused?.isConnected) focused.focus({ preventScroll: true }) // moved elements lose it
    else if (focused) parts(this.list, ITEM)[0]?.focus()
  }

  newRow() {
    return /** @type {HTMLElement} */ (this.template.cloneNode(true))
  }

  /**
   * @param {HTMLElement} row
   * @param {Entry} entry
   */
  fill(row, entry) {
    const signature = JSON.stringify(entry)
    if (this.signatures.get(row) === signature) return row
    const { name, count, state, level, open, share, mark } = entry
    const find = finder(row)
    this.signatures.set(row, signature)
    row.dataset.state = state
    row.style.setProperty("--level", String(level ?? 0))
    row.style.setProperty("--share", String(share ?? 0))
    row.classList.toggle("empty", count === 0)
    find(".value").textContent = name
    find(".count").textContent = count === null ? "" : count.toLocaleString("en")
    find(".turn").hidden = open === undefined
    find(".mark").hidden = !mark
    find(".mark").dataset.mark = mark ?? ""
    this.fillItem(this.role === "treeitem" ? row : find(".choose"), entry) // a tree may own nothing but its items
    const exclude = find(".exclude")
    exclude.title = state === "out" ? "Excluded. Click to allow again." : `Exclude ${name}`
    exclude.setAttribute("aria-label", `Exclude ${name}`)
    exclude.setAttribute("aria-pressed", String(state === "out"))
    return row
  }

  /**
   * @param {HTMLElement} item
   * @param {Entry} entry
   */
  fillItem(item, entry) {
    const { name, title, state, level, open } = entry
    item.classList.add("item")
    item.tabIndex = item.tabIndex === 0 ? 0 : -1
    item.title = title ?? name
    item.setAttribute("role", this.role)
    item.setAttribute("aria-checked", CHECKED[state])
    item.setAttribute("aria-label", spokenChoice(entry))
    item.setAttribute("aria-keyshortcuts", "Minus")
    if (level !== undefined) item.setAttribute("aria-level", String(level + 1))
    if (open !== undefined) item.setAttribute("aria-expanded", String(open))
    else item.removeAttribute("aria-expanded")
  }

  /**
   * What is listed where an event happened.
   * @param {Event} event
   */
  entryAt(event) {
    const row = closest(event, ".row")
    return [...this.entries.values()].find(({ value }) => row && this.rows.get(value) === row)
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const entry = this.entryAt(event)
    if (!entry) return
    if (closest(event, ".turn")) this.turn(entry.value, !entry.open)
    else this.act(closest(event, ".exclude") ? "exclude" : "choose", entry.value)
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const entry = this.entryAt(event)
    if (!entry || event.ctrlKey || event.metaKey || event.altKey) return
    const { value, open } = entry
    const pressed = event.key === " " || event.key === "Enter"
    if (pressed && happenedOn(event, ITEM)) this.act("choose", value)
    else if (event.key === "-" || event.key === "Delete") this.act("exclude", value)
    else if (event.key === "ArrowRight" && open === false) this.turn(value, true)
    else if (event.key === "ArrowLeft" && open) this.turn(value, false)
    else return
    event.preventDefault()
  }
}

/** @param {Pick<Entry, "name" | "count" | "state">} entry */
export function spokenChoice({ name, count, state }) {
  const said = [name]
  if (count !== null) said.push(plural(count, "picture"))
  if (state === "out") said.push("excluded")
  return said.join(", ")
}

/**
 * What becomes of lists of chosen and excluded values when one is acted on; `only` allows one chosen.
 * @param {Chosen} before
 * @param {Action} action
 * @param {string} value
 * @returns {Chosen}
 */
export function acted({ chosen, excluded }, action, value, only = false) {
  const was = chosen.includes(value) ? "choose" : excluded.includes(value) ? "exclude" : ""
  const without = (/** @type {string[]} */ values) => values.filter(other => other !== value)
  const becomes = was === action || (was === "exclude" && action === "choose") ? "" : action
  return {
    chosen: [...(only && becomes === "choose" ? [] : without(chosen)), ...(becomes === "choose" ? [value] : [])],
    excluded: [...without(excluded), ...(becomes === "exclude" ? [value] : [])],
  }
}

/**
 * @param {Chosen} part
 * @param {string} value
 * @returns {ChoiceState}
 */
export function stateIn({ chosen, excluded }, value) {
  return chosen.includes(value) ? "in" : excluded.includes(value) ? "out" : ""
}
