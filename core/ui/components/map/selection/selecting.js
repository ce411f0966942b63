// What is selected on the map: the server keeps it, and what it says is in it is what is shown, searched, tagged and
// taken away.

import { closest, finder, part } from "../../shared/base.js"
import { plural } from "../../shared/format.js"
import { Latest, sentence, stopped } from "../../shared/requests.js"
import { Downloads } from "../../gallery/downloads.js"
import { Menu } from "../../gallery/menu.js"
import { TagDialog } from "../../gallery/tag_dialog.js"
import { Toast } from "../../shared/notices/toast.js"
import { Floating } from "../../shared/floating.js"
import { leads, parameter } from "../links.js"
import { placesIn } from "./shapes.js"

/** @import { Cells } from "../points/cells.js" */
/** @import { MapServer } from "../data/server.js" */
/** @import { Go } from "../links.js" */
/** @import { MapStage } from "../map_stage.js" */
/** @import { Chosen, Routes, Shape } from "../types.d.ts" */

const MAX_POINTS = 100_000 // that can be named one by one

export class Selecting {
  /** @type {Chosen | null} */
  chosen = null
  /** @type {MapServer | null} */
  server = null
  /** @type {string[]} */
  tags = [] // in use
  latest = new Latest()

  /**
   * @param {HTMLElement} root
   * @param {MapStage} stage
   * @param {{ routes: Routes, go: Go, announce: (text: string) => void, changed: () => void }} options
   */
  constructor(root, stage, { routes, go, announce, changed }) {
    this.find = finder(root)
    this.stage = stage
    this.routes = routes
    this.go = go
    this.announce = announce
    this.bar = this.find(".selection")
    this.toast = new Toast(this.find(".toast"))
    this.menu = new Menu(this.find(".menu"))
    this.downloads = new Downloads(this.menu, this.toast)
    this.naming = new Floating(this.find(".keeping"))
    this.tagging = new TagDialog(this.find(".tagging", HTMLDialogElement), (ids, add, _remove, said) => {
      this.tags = [...new Set([...this.tags, ...add])]
      this.toast.done(said ?? "Tags saved")
      changed()
    })
    this.bar.onclick = event => this.onClick(closest(event, "button"))
    this.find(".keeping", HTMLFormElement).onsubmit = event => {
      event.preventDefault()
      this.keep()
    }
    this.find(".to-tag").hidden = !routes.tags
    this.find(".to-download").hidden = !routes.exports
  }

  close() {
    this.latest.stop()
    this.menu.close()
    this.naming.close()
    this.downloads.close()
    this.toast.hide()
  }

  /**
   * @param {Shape | { clusters: number[] }} what
   * @param {"new" | "add" | "remove"} mode
   */
  async select(what, mode) {
    const { server, stage } = this
    const { cells } = stage
    if (!server || !cells || !this.routes.selections) return
    const isNew = mode === "new" || !this.chosen
    const points = "clusters" in what ? null : this.pointsIn(cells, what)
    if (isNew && points) stage.light("chosen", points)
    const hides = stage.colouring.hidden.size > 0 && points && points.length <= MAX_POINTS
    const signal = this.latest.begin()
    try {
      const chosen = await server.select(hides ? { points } : what, isNew ? null : (this.chosen?.id ?? null), mode, signal)
      this.show(chosen, chosen.count ? await server.selected(chosen.id, signal) : new Uint32Array(0))
    } catch (error) {
      if (stopped(error)) return
      if (isNew) this.clear()
      this.toast.failed(sentence(error))
    }
  }

  /**
   * The points in a shape, but for those that the legend hides.
   * @param {Cells} cells
   * @param {Shape} shape
   */
  pointsIn(cells, shape) {
    const shown = placesIn(cells, shape).filter(place => this.stage.colouring.isShown(place))
    return Array.from(shown, place => cells.points[place])
  }

  /**
   * @param {Chosen} chosen
   * @param {Uint32Array} points
   */
  show(chosen, points) {
    const { bar, stage } = this
    stage.light("chosen", points)
    if (!chosen.count) {
      this.clear()
      this.announce("Nothing selected")
      return
    }
    this.chosen = chosen
    bar.hidden = false
    const said = `${chosen.count.toLocaleString("en")} selected`
    this.find(".chosen").textContent = said
    const search = part(bar, ".to-search", HTMLAnchorElement)
    part(search, ".wide").textContent = chosen.count === 1 ? "Search in this one" : `Search in these ${chosen.count.toLocaleString("en")}`
    search.setAttribute("aria-label", part(search, ".wide").textContent ?? "")
    leads(search, this.routes.page, parameter("q", chosen.filter), this.go)
    this.announce(said)
  }

  clear() {
    this.latest.stop()
    this.chosen = null
    this.bar.hidden = true
    this.menu.close()
    this.naming.close()
    this.stage.light("chosen", null)
  }

  /** @param {HTMLElement | null} button */
  onClick(button) {
    if (!button || !this.chosen) return
    if (button.matches(".drop-selection")) this.leave()
    else if (button.matches(".to-tag")) this.tag()
    else if (button.matches(".to-download")) this.download(button)
    else if (button.matches(".to-keep")) this.askName(button)
  }

  leave() {
    this.clear()
    this.announce("Nothing selected")
    this.stage.surface.focus()
  }

  async tag() {
    const { server, chosen } = this
    if (!server || !chosen) return
    try {
      const ids = await server.ids(chosen.id, this.latest.begin())
      this.tagging.open(ids.map(known), this.tags, this.routes.tags ?? "")
    } catch (error) {
      if (!stopped(error)) this.toast.failed(sentence(error))
    }
  }

  /** @param {HTMLElement} button */
  download(button) {
    const { filter, count } = /** @type {Chosen} */ (this.chosen)
    this.downloads.offer(button, `Download ${plural(count, "picture")}`, this.routes.exports ?? "", { text: filter, collapse: "off" })
  }

  /** @param {HTMLElement} button */
  askName(button) {
    const input = this.find(".keeping input", HTMLInputElement)
    input.value = this.chosen?.name ?? ""
    this.find(".keeping .trouble").textContent = ""
    this.naming.show(button)
    input.focus()
  }

  async keep() {
    const { server, chosen } = this
    const name = this.find(".keeping input", HTMLInputElement).value.trim()
    if (!server || !chosen || !name) return
    try {
      this.chosen = await server.keep(chosen.id, name)
      this.naming.leave()
      this.toast.done(`Kept as “${this.chosen.name}”: ${this.chosen.filter} finds it.`)
    } catch (error) {
      this.find(".keeping .trouble").textContent = sentence(error)
    }
  }
}

/**
 * A picture of which no more is known: its tags are added to.
 * @param {string} id
 */
function known(id) {
  return { id, tags: [], content_hash: "", collection: "", name: "", path: "", score: null }
}
