// One picture large, and what is known of it; the others of its answer are a key away.

import { finder } from "../shared/base.js"
import { searchLink } from "../shared/links.js"
import { below } from "../shared/routes.js"

/** @import { SearchParams } from "../shared/types.d.ts" */
/** @import { AskRoutes, Shown } from "./types.d.ts" */

export class PictureDialog {
  /** @type {Shown[]} */
  pictures = []
  at = 0
  /** @type {AskRoutes | null} */
  routes = null

  /**
   * @param {HTMLDialogElement} dialog
   * @param {(params: SearchParams) => void} search
   */
  constructor(dialog, search) {
    this.dialog = dialog
    this.search = search
    this.find = finder(dialog)
    this.find(".close").onclick = () => dialog.close()
    this.find(".previous").onclick = () => this.turn(-1)
    this.find(".next").onclick = () => this.turn(1)
    dialog.onclick = event => event.target === dialog && dialog.close()
    dialog.onkeydown = event => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
      if (step) this.turn(step)
      event.stopPropagation() // Streamlit has shortcuts of its own on single letters
    }
    this.find("img", HTMLImageElement).onerror = () => dialog.classList.add("broken")
  }

  close() {
    if (this.dialog.open) this.dialog.close()
  }

  /**
   * @param {Shown[]} pictures
   * @param {number} number Of the one to begin with.
   * @param {AskRoutes} routes
   */
  open(pictures, number, routes) {
    this.pictures = pictures
    this.routes = routes
    this.at = Math.max(0, pictures.findIndex(one => one.number === number))
    this.paint()
    if (!this.dialog.open) this.dialog.showModal()
  }

  /** @param {number} step */
  turn(step) {
    const count = this.pictures.length
    this.at = (this.at + step + count) % count
    this.paint()
  }

  paint() {
    const { number, name, path, content_hash: hash, width, height, labels, tags, taken_at: taken } = this.pictures[this.at]
    const { find } = this
    this.dialog.classList.remove("broken")
    const image = find("img", HTMLImageElement)
    if (hash && this.routes) image.src = below(this.routes.images, hash)
    image.alt = name ?? `Picture ${number}`
    find(".number").textContent = String(number)
    find(".name").textContent = name ?? ""
    find(".name").title = path ?? ""
    const facts = [width && height && `${width} × ${height}`, taken?.slice(0, 10), labels?.join(", "), tags?.map(tag => `#${tag}`).join(" ")]
    find(".facts").textContent = facts.filter(Boolean).join(" · ")
    for (const turn of [".previous", ".next"]) find(turn).hidden = this.pictures.length < 2
    const links = hash ? [searchLink({ image: hash }, this.search, { class: "button" }, "Find similar")] : []
    find(".links").replaceChildren(...links)
  }
}
