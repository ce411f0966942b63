// What was shown as one: the pictures of a stack, each to be looked at and chosen by itself.

import { element } from "../shared/base.js"
import { Floating } from "../shared/floating.js"
import { glyph } from "./glyph.js"
import { twoDecimals } from "./results/matching.js"
import { thumbnail } from "./results/tile.js"

export class Stack {
  items = []

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

  // Asked for again on the same tile, it closes.
  show(tile, routes) {
    const { item } = tile
    const [anchor, opener, focus] = [".frame", ".count", ".open"].map(part => tile.querySelector(part))
    const again = this.floating.open && this.floating.anchor === anchor
    this.close()
    if (again) return
    this.leader = item
    this.items = members(item)
    const all = element("button", { type: "button", class: "quiet-button" }, "Select all")
    all.onclick = () => {
      this.selection.add(this.items)
      this.paint()
    }
    const head = element("div", { class: "stack-head" })
    head.append(element("b", {}, `${this.items.length} of the same`), all)
    const list = element("ul", { role: "list" })
    list.append(...this.items.map(member => this.row(member, routes)))
    this.box.setAttribute("aria-label", `Stack of ${item.name}`)
    this.box.replaceChildren(head, list)
    this.paint()
    this.floating.show(anchor, { opener, focus })
    this.box.querySelector(".member").focus()
  }

  row(member, routes) {
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
    words.append(element("b", {}, member.name), element("small", {}, lastFolders(member.folder)))
    open.append(thumbnail(member, routes), words)
    if (member.score != null) open.append(element("span", { class: "score" }, twoDecimals(member.score)))
    open.onclick = () => {
      this.close()
      this.open(member, this.leader)
    }
    row.append(pick, open)
    return row
  }

  paint() {
    this.box.querySelectorAll(".pick").forEach((pick, at) => {
      pick.setAttribute("aria-checked", this.selection.has(this.items[at].id))
    })
  }

  onKey(event) {
    event.stopPropagation() // it lies on a grid with keys of its own
    const members = [...this.box.querySelectorAll(".member")]
    const row = event.target.closest("li")
    const at = members.findIndex(member => row?.contains(member))
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: members.length - 1 }
    if (event.key === " " && event.target.matches(".member")) row.querySelector(".pick").click()
    else if (event.key in moves) members[moves[event.key]]?.focus()
    else return
    event.preventDefault()
  }
}

// The best of the stack knows all of itself, the others little; of the same bytes what it knows is true of them too.
export function members(item) {
  const others = (item.others ?? []).map(other => {
    const same = other.content_hash === item.content_hash ? item : {}
    return { ...same, folder: folderOf(other.path), ...other, count: 1, others: [], tags: other.tags }
  })
  return [item, ...others]
}

function folderOf(path) {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")))
}

// The end of a path says more than its beginning.
export function lastFolders(folder) {
  const parts = folder.split("/").filter(Boolean)
  return parts.length > 2 ? `… / ${parts.slice(-2).join(" / ")}` : parts.join(" / ")
}
