// A list of values to choose and to exclude: Space or Enter chooses, minus excludes, arrows open and close branches. The
// group that it stands in moves between its rows.

import { arrange } from "../shared/base.js"
import { plural } from "../shared/format.js"

const ITEM = ".item" // what a row is chosen by

export class Choices {
  entries = new Map() // by value, as they were painted
  rows = new Map() // by value

  // `act` is called with "choose" or "exclude" and a value; `turn`, for a tree, with a value and whether to open it.
  constructor(list, template, { role, act, turn }) {
    this.list = list
    this.template = template
    this.role = role
    this.act = act
    this.turn = turn
    list.onclick = event => this.onClick(event)
    list.onkeydown = event => this.onKey(event)
  }

  get focused() {
    return this.list.getRootNode().activeElement?.closest?.(".rows") === this.list
  }

  // Somebody is at it: what is under the pointer or has the keyboard must not go elsewhere.
  get busy() {
    return this.list.matches(":hover") || Boolean(this.list.querySelector(":focus-visible"))
  }

  // Each entry has a `value`, the `name` it is shown by, the `count` or null, and its `state`: "in", "out" or "".
  paint(entries) {
    const { activeElement } = this.list.getRootNode()
    const focused = this.focused && activeElement
    const known = this.rows
    this.entries = new Map(entries.map(entry => [entry.value, entry]))
    this.rows = new Map(entries.map(({ value }) => [value, known.get(value) ?? this.template.cloneNode(true)]))
    for (const entry of entries) this.fill(this.rows.get(entry.value), entry)
    arrange(this.list, [...this.rows.values()])
    if (focused?.isConnected) focused.focus({ preventScroll: true }) // moved elements lose it
    else if (focused) this.list.querySelector(ITEM)?.focus()
  }

  fill(row, entry) {
    const signature = JSON.stringify(entry)
    if (row.signature === signature) return
    row.signature = signature
    const { value, name, title, count, state, level, open, share, mark } = entry
    const find = selector => row.querySelector(selector)
    row.choice = value
    row.dataset.state = state
    row.style.setProperty("--level", level ?? 0)
    row.style.setProperty("--share", share ?? 0)
    row.classList.toggle("empty", count === 0)
    find(".value").textContent = name
    find(".count").textContent = count === null ? "" : count.toLocaleString("en")
    find(".turn").hidden = open === undefined
    find(".mark").hidden = !mark
    find(".mark").dataset.mark = mark ?? ""
    const item = this.role === "treeitem" ? row : find(".choose") // a tree may own nothing but its items
    item.classList.add("item")
    item.tabIndex = item.tabIndex === 0 ? 0 : -1
    item.title = title ?? name
    item.setAttribute("role", this.role)
    item.setAttribute("aria-checked", { in: "true", out: "mixed" }[state] ?? "false")
    item.setAttribute("aria-label", spokenChoice(entry))
    item.setAttribute("aria-keyshortcuts", "Minus")
    if (level !== undefined) item.setAttribute("aria-level", level + 1)
    if (open !== undefined) item.setAttribute("aria-expanded", open)
    else item.removeAttribute("aria-expanded")
    const exclude = find(".exclude")
    exclude.title = state === "out" ? "Excluded. Click to allow again." : `Exclude ${name}`
    exclude.setAttribute("aria-label", `Exclude ${name}`)
    exclude.setAttribute("aria-pressed", state === "out")
  }

  onClick(event) {
    const row = event.target.closest(".row")
    if (!row) return
    if (event.target.closest(".turn")) this.turn(row.choice, !this.entries.get(row.choice).open)
    else this.act(event.target.closest(".exclude") ? "exclude" : "choose", row.choice)
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const value = event.target.closest(".row").choice
    const { open } = this.entries.get(value)
    const pressed = event.key === " " || event.key === "Enter"
    if (pressed && event.target.matches(ITEM)) this.act("choose", value)
    else if (event.key === "-" || event.key === "Delete") this.act("exclude", value)
    else if (event.key === "ArrowRight" && open === false) this.turn(value, true)
    else if (event.key === "ArrowLeft" && open) this.turn(value, false)
    else return
    event.preventDefault()
  }
}

export function spokenChoice({ name, count, state }) {
  const parts = [name]
  if (count !== null) parts.push(plural(count, "picture"))
  if (state === "out") parts.push("excluded")
  return parts.join(", ")
}

// What becomes of lists of chosen and excluded values when one is acted on; `only` allows one chosen.
export function acted({ chosen, excluded }, action, value, only = false) {
  const was = chosen.includes(value) ? "choose" : excluded.includes(value) ? "exclude" : ""
  const without = values => values.filter(other => other !== value)
  const becomes = was === action || (was === "exclude" && action === "choose") ? "" : action
  return {
    chosen: [...(only && becomes === "choose" ? [] : without(chosen)), ...(becomes === "choose" ? [value] : [])],
    excluded: [...without(excluded), ...(becomes === "exclude" ? [value] : [])],
  }
}

export function stateIn({ chosen, excluded }, value) {
  return chosen.includes(value) ? "in" : excluded.includes(value) ? "out" : ""
}
