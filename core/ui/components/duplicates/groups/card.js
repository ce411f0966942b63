// A group of duplicates as it is shown: its pictures in a row, the one that is suggested first.

import { element, part, parts } from "../../shared/base.js"
import { fileSize } from "../../shared/format.js"
import { below } from "../../shared/routes.js"
import { freed, isAsDecided, suggested } from "./marks.js"
import { spoken, state, summary } from "../words.js"

/** @import { Group, Member, ReviewRoutes } from "../types.d.ts" */

const SHOWN = 60 // pictures of a group: of more, the others follow the same decision unseen

export class Card {
  signature = ""
  /** @type {Set<string>} */
  kept = new Set()
  decides = false // whether the visitor may

  /**
   * @param {HTMLElement} node From the template.
   * @param {Group} group
   */
  constructor(node, group) {
    this.node = node
    this.group = group
    this.kept = suggested(group)
  }

  /**
   * @param {{ at: number, total: number, decides: boolean, routes: ReviewRoutes }} context
   */
  show({ at, total, decides, routes }) {
    const { group, node } = this
    const signature = JSON.stringify([group, at, total, decides, [...this.kept]])
    if (this.signature === signature) return
    const another = !this.signature
    this.signature = signature
    this.decides = decides
    node.dataset.key = group.key
    node.setAttribute("aria-label", `Group ${at + 1} of ${total.toLocaleString("en")}: ${summary(group)}`)
    node.classList.toggle("decided", group.status === "decided")
    part(node, ".what").textContent = summary(group)
    part(node, ".why").textContent = group.reason
    for (const button of parts(node, ".group-actions button")) button.hidden = !decides && !button.matches(".look")
    part(node, ".reopen").hidden ||= group.status === "open"
    part(node, ".decide").textContent = this.decideWords()
    part(node, ".decide").hidden ||= group.status === "decided" && isAsDecided(group, this.kept)
    if (another) {
      part(node, ".members").replaceChildren(...this.members(routes))
      this.rove(0)
    }
    for (const member of group.members.slice(0, SHOWN)) this.paint(member)
  }

  decideWords() {
    const { group, kept } = this
    const aside = group.members.length - kept.size
    if (!aside) return "Keep all"
    return `Set ${aside.toLocaleString("en")} aside · ${fileSize(freed(group, kept))}`
  }

  /** @param {ReviewRoutes} routes */
  members(routes) {
    const { members, count } = this.group
    const tiles = members.slice(0, SHOWN).map((member, at) => this.tile(member, at, routes))
    const more = count - tiles.length
    if (more > 0) tiles.push(element("li", { class: "more-members" }, `and ${more.toLocaleString("en")} more`))
    return tiles
  }

  /**
   * @param {Member} member
   * @param {number} at
   * @param {ReviewRoutes} routes
   */
  tile(member, at, routes) {
    const place = element("li", { class: "member", "data-id": member.id })
    const button = element("button", { type: "button", class: "mark", role: "checkbox", tabindex: -1 })
    const image = element("img", { alt: "", loading: "lazy", decoding: "async", draggable: false })
    image.src = below(routes.thumbnails, member.content_hash)
    image.onerror = () => place.classList.add("broken")
    button.append(image, element("span", { class: "badge" }))
    if (at < 9) button.append(element("kbd", { "aria-hidden": true }, String(at + 1)))
    place.append(button, ...facts(member, at === 0))
    return place
  }

  /** @param {Member} member */
  paint(member) {
    const tile = this.tileOf(member.id)
    if (!tile) return
    const kept = this.kept.has(member.id)
    const decided = this.group.status === "decided"
    const mark = part(tile, ".mark")
    tile.classList.toggle("kept", kept)
    mark.setAttribute("aria-checked", String(kept))
    mark.setAttribute("aria-readonly", String(!this.decides))
    mark.setAttribute("aria-label", spoken(member, { kept, decided }))
    part(tile, ".badge").textContent = state({ kept, decided })
  }

  /** @param {string} id */
  tileOf(id) {
    return parts(this.node, ".member").find(({ dataset }) => dataset.id === id)
  }

  get marks() {
    return parts(this.node, ".mark")
  }

  /**
   * The picture in the tab order, which is one of each group.
   * @param {number} at
   */
  rove(at) {
    const { marks } = this
    const chosen = marks[Math.max(0, Math.min(at, marks.length - 1))]
    for (const mark of marks) mark.tabIndex = mark === chosen ? 0 : -1
    return chosen
  }
}

/**
 * @param {Member} member
 * @param {boolean} first
 */
function facts(member, first) {
  const { name, path, width, height, format, size, how, labels, tags } = member
  const named = element("p", { class: "member-name", title: path }, name)
  const told = element("p", { class: "member-facts" }, [`${width} × ${height}`, format, fileSize(size)].join(" · "))
  const more = [first ? "" : how, labels.length ? "labels" : "", tags.length ? "tags" : ""].filter(Boolean).join(" · ")
  return [named, told, element("p", { class: "member-how" }, more || "\u00a0")]
}
