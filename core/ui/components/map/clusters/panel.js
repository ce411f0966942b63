// The clusters as a list: for the keyboard, for those who do not see the map, and for whoever wants to know what there is.

import { closest, element, finder, part } from "../../shared/base.js"
import { plural } from "../../shared/format.js"
import { sentence } from "../../shared/requests.js"
import { below } from "../../shared/routes.js"
import { glyph } from "../../gallery/glyph.js"
import { leads, parameter } from "../links.js"

/** @import { Cluster, Routes } from "../types.d.ts" */
/** @import { Go } from "../links.js" */

const COVERS = 4
const MAX_NAME = 100 // characters

/** @typedef {{ show: (cluster: Cluster) => void, point: (cluster: Cluster | null) => void, go: Go,
 *   rename: ((number: number, name: string) => Promise<Cluster>) | null, choose: ((cluster: Cluster) => void) | null,
 *   announce: (text: string) => void }} Handlers */

export class ClusterPanel {
  /** @type {Cluster[]} */
  clusters = []
  /** @type {Set<number>} */
  open = new Set() // the numbers of those whose parts are listed

  /**
   * @param {HTMLElement} box
   * @param {Routes} routes
   * @param {Handlers} handlers
   */
  constructor(box, routes, handlers) {
    this.box = box
    this.find = finder(box)
    this.routes = routes
    this.handlers = handlers
    this.list = this.find(".list")
    this.list.onclick = event => this.onClick(event)
    this.list.onpointerover = event => handlers.point(this.of(event))
    this.list.onpointerleave = () => handlers.point(null)
    this.list.addEventListener("focusin", event => handlers.point(this.of(event)))
    this.list.addEventListener("focusout", () => handlers.point(null))
    this.filter = this.find(".filter", HTMLInputElement)
    this.filter.oninput = () => this.paint()
  }

  /**
   * @param {Cluster[]} clusters
   * @param {number} outside
   */
  show(clusters, outside) {
    this.clusters = clusters
    this.find(".about").textContent = clusters.length
      ? `${plural(this.top.length, "cluster")}, largest first${outside ? ` · ${plural(outside, "picture")} in none` : ""}`
      : "Too few pictures stand together for clusters."
    this.filter.hidden = clusters.length < 12
    this.paint()
  }

  get top() {
    return this.clusters.filter(({ level }) => level === 0)
  }

  paint() {
    const words = this.filter.value.trim().toLowerCase()
    const found = words ? this.clusters.filter(({ name }) => name.toLowerCase().includes(words)) : this.top
    this.list.replaceChildren(...found.map(cluster => this.item(cluster, words === "")))
    this.find(".nothing").hidden = found.length > 0 || !words
  }

  /**
   * @param {Cluster} cluster
   * @param {boolean} hasParts Whether what is within it is listed below it.
   * @returns {HTMLLIElement}
   */
  item(cluster, hasParts) {
    const { routes, handlers } = this
    const item = element("li", { class: "cluster", "data-number": cluster.number })
    const covers = element("button", { type: "button", class: "covers", tabindex: -1, "aria-hidden": true })
    covers.append(...cluster.covers.slice(0, COVERS).map(cover => coverOf(below(routes.thumbnails, cover.content_hash))))
    const about = element("div", { class: "about-cluster" })
    const name = element("button", { type: "button", class: "name", title: "Show on map", "aria-label": `${cluster.name}, ${plural(cluster.size, "picture")}. Show on map` }, cluster.name)
    about.append(name, element("p", { class: "said" }, said(cluster)), this.actions(cluster))
    item.append(covers, about)
    const parts = hasParts ? this.clusters.filter(({ parent }) => parent === cluster.number) : []
    if (parts.length) item.append(...this.parts(cluster, parts))
    if (handlers.rename) part(item, ".rename").title = `Rename ${cluster.name}`
    return item
  }

  /** @param {Cluster} cluster */
  actions(cluster) {
    const { routes, handlers } = this
    const actions = element("p", { class: "actions-of" })
    const search = element("a", { "aria-label": `Search in ${cluster.name}` }, "Search in it")
    leads(search, routes.page, parameter("q", cluster.filter), handlers.go)
    actions.append(search)
    if (handlers.choose) actions.append(element("button", { type: "button", class: "choose", "aria-label": `Select ${cluster.name}` }, "Select"))
    if (handlers.rename) {
      const rename = element("button", { type: "button", class: "rename", "aria-label": `Rename ${cluster.name}` })
      rename.append(glyph("pen"))
      actions.append(rename)
    }
    return actions
  }

  /**
   * @param {Cluster} cluster
   * @param {Cluster[]} parts
   */
  parts(cluster, parts) {
    const isOpen = this.open.has(cluster.number)
    const text = plural(parts.length, "part")
    const button = element("button", { type: "button", class: "fold", "aria-expanded": isOpen, "aria-label": `${text} of ${cluster.name}` }, text)
    const list = element("ul", { role: "list", "aria-label": `Parts of ${cluster.name}` })
    list.hidden = !isOpen
    if (isOpen) list.append(...parts.map(one => this.item(one, true)))
    return [button, list]
  }

  /**
   * @param {Event} event
   * @returns {Cluster | null}
   */
  of(event) {
    const number = Number(closest(event, ".cluster")?.dataset.number)
    return this.clusters.find(cluster => cluster.number === number) ?? null
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const [cluster, button] = [this.of(event), closest(event, "button")]
    if (!cluster || !button) return
    if (button.matches(".fold")) this.fold(cluster)
    else if (button.matches(".rename")) this.beginRenaming(cluster, /** @type {HTMLElement} */ (closest(event, ".cluster")))
    else if (button.matches(".choose")) this.handlers.choose?.(cluster)
    else if (button.matches(".name, .covers")) this.handlers.show(cluster)
  }

  /** @param {Cluster} cluster */
  fold({ number }) {
    if (!this.open.delete(number)) this.open.add(number)
    this.paint()
    this.focus(number, ".fold")
  }

  /**
   * @param {number} number
   * @param {string} selector
   */
  focus(number, selector) {
    const found = this.list.querySelector(`[data-number="${number}"] ${selector}`)
    if (found instanceof HTMLElement) found.focus()
  }

  /**
   * @param {Cluster} cluster
   * @param {HTMLElement} item
   */
  beginRenaming(cluster, item) {
    const form = element("form", { class: "renaming" })
    const input = element("input", { type: "text", maxlength: MAX_NAME, "aria-label": `Name of ${cluster.name}`, placeholder: "Its own name", autocomplete: "off" })
    input.value = cluster.name
    const trouble = element("p", { class: "trouble", role: "alert" })
    form.append(input, trouble)
    part(item, ".name").replaceWith(form)
    form.onsubmit = event => {
      event.preventDefault()
      this.rename(cluster, input.value.trim(), trouble)
    }
    form.onkeydown = event => {
      event.stopPropagation()
      if (event.key === "Escape") this.endRenaming(cluster)
    }
    input.onblur = () => form.isConnected && input.value.trim() === cluster.name && this.paint()
    input.select()
    input.focus()
  }

  /** @param {Cluster} cluster */
  endRenaming({ number }) {
    this.paint()
    this.focus(number, ".rename")
  }

  /**
   * @param {Cluster} cluster
   * @param {string} name
   * @param {HTMLElement} trouble
   */
  async rename(cluster, name, trouble) {
    if (name === cluster.name) return this.endRenaming(cluster)
    try {
      const renamed = await this.handlers.rename?.(cluster.number, name)
      if (renamed) Object.assign(cluster, renamed)
      this.endRenaming(cluster)
      this.handlers.announce(`Renamed to ${cluster.name}`)
    } catch (error) {
      trouble.textContent = sentence(error)
    }
  }
}

/** @param {Cluster} cluster */
function said({ size, concepts, name }) {
  const others = concepts.filter(concept => concept !== name).slice(0, 3)
  return [plural(size, "picture"), others.join(", ")].filter(Boolean).join(" · ")
}

/** @param {string} url */
function coverOf(url) {
  return element("img", { src: url, alt: "", loading: "lazy", decoding: "async", draggable: false })
}
