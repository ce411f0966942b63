// What was shown as one: the pictures of a stack, each to be looked at and chosen by itself.

import { closest, element, happenedOn, part, parts } from "../shared/base.js"
import { Floating } from "../shared/floating.js"
import { glyph } from "./glyph.js"
import { twoDecimals } from "./results/matching.js"
import { thumbnail } from "./results/tile.js"

/** @import { Known, Routes, Tile } from "./types.d.ts" */
/** @import { Selection } from "./selection.js" */

export class Stack {
  /** @type {Known[]} */
  items = []

  /**
   * @param {HTMLElement} box
   * @param {Selection} selection
   * @param {(member: Known, leader: Known) => void} open The leader is the one that stands for the stack.
   */
  constructor(box, selection, open) {
    this.box = box
    this.selection = selection
    this.open = open
    this.floating = new Floating(box)
    box.onkeydown = event => this.onKey(event)
  }

  close() {
    this.floating.close()
  }

  /**
   * Asked for again on the same tile, it closes.
   * @param {Tile} tile
   * @param {Routes} routes
   */
  show(tile, routes) {
    const { item } = tile
    const [anchor, opener, focus] = [".frame", ".count", ".open"].map(selector => part(tile, selector))
    const again = this.floating.open && this.floating.anchor === anchor
    this.close()
    if (again) return
    this.items = members(item)
    const list = element("ul", { role: "list" })
    list.append(...this.items.map(member => this.row(member, item, routes)))
    this.box.setAttribute("aria-label", `Stack of ${item.name}`)
    this.box.replaceChildren(this.head(), list)
    this.paint()
    this.floating.show(anchor, { opener, focus })
    part(this.box, ".member").focus()
  }

  head() {
    const all = element("button", { type: "button", class: "quiet-button" }, "Select all")
    all.onclick = () => {
      this.selection.add(this.items)
      this.paint()
    }
    const head = element("div", { class: "stack-head" })
    head.append(element("b", {}, `${this.items.length} of the same`), all)
    return head
  }

  /**
   * @param {Known} member
   * @param {Known} leader
   * @param {Routes} routes
   */
  row(member, leader, routes) {
    const row = element("li")
    const name = `Select ${member.name}`
    const pick = element("button", { type: "button", class: "pick", role: "checkbox", "aria-label": name })
    pick.append(glyph("check"))
    pick.onclick = () => {
      this.selection.toggle(member)
      this.paint()
    }
    const open = element("button", { type: "button", class: "member", title: member.path })
    const words = element("span")
    words.append(element("b", {}, member.name), element("small", {}, lastFolders(member.folder ?? "")))
    open.append(thumbnail(member, routes), words)
    if (member.score != null) open.append(element("span", { class: "score" }, twoDecimals(member.score)))
    open.onclick = () => {
      this.close()
      this.open(member, leader)
    }
    row.append(pick, open)
    return row
  }

  paint() {
    for (const [at, pick] of parts(this.box, ".pick").entries()) {
      pick.setAttribute("aria-checked", String(this.selection.has(this.items[at].id)))
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    event.stopPropagation() // it lies on a grid with keys of its own
    const rows = parts(this.box, ".member")
    const row = closest(event, "li")
    const at = rows.findIndex(member => row?.contains(member))
    const moves = new Map([["ArrowDown", at + 1], ["ArrowUp", at - 1], ["Home", 0], ["End", rows.length - 1]])
    const move = moves.get(event.key)
    if (event.key === " " && row && happenedOn(event, ".member")) part(row, ".pick").click()
    else if (move !== undefined) rows[move]?.focus()
    else return
    event.preventDefault()
  }
}

/**
 * The best of the stack knows all of itself, the others little; of the same bytes what it knows is true of them too.
 * @param {Known} item
 * @returns {Known[]}
 */
export function members(item) {
  const others = (item.others ?? []).map(other => {
    const same = other.content_hash === item.content_hash ? { ...item, tags: undefined } : {}
    return { ...same, folder: folderOf(other.path), ...other, count: 1, others: [] }
  })
  return [item, ...others]
}

/** @param {string} path */
function folderOf(path) {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")))
}

/**
 * The end of a path says more than its beginning.
 * @param {string} folder
 */
export function lastFolders(folder) {
  const names = folder.split("/").filter(Boolean)
  return names.length > 2 ? `… / ${names.slice(-2).join(" / ")}` : names.join(" / ")
}
