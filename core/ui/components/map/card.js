// What is known of the picture that is pointed at, beside it; of one that was opened, larger, in a corner of the map.

import { closest, element, finder, part } from "../shared/base.js"
import { below } from "../shared/routes.js"
import { leads, parameter } from "./links.js"

/** @import { Picture, Place, Routes } from "./types.d.ts" */
/** @import { Go } from "./links.js" */

const AWAY = 16 // pixels, from what is pointed at

export class Hint {
  /**
   * @param {HTMLElement} box
   * @param {Routes} routes
   */
  constructor(box, routes) {
    this.box = box
    this.find = finder(box)
    this.routes = routes
    this.image = part(box, "img", HTMLImageElement)
  }

  /**
   * @param {Picture} picture
   * @param {string} cluster Its name.
   * @param {Place} at Pixels.
   */
  show(picture, cluster, at) {
    this.box.hidden = false
    const url = below(this.routes.thumbnails, picture.content_hash)
    if (this.image.getAttribute("src") !== url) this.image.src = url
    this.find(".name").textContent = picture.name
    this.find(".where").textContent = cluster
    const { clientWidth: width, clientHeight: height } = this.box.parentElement ?? this.box
    const { offsetWidth: own, offsetHeight: tall } = this.box
    const left = at.x + AWAY + own > width ? at.x - AWAY - own : at.x + AWAY
    const top = Math.min(height - tall - 8, Math.max(8, at.y - tall / 2))
    this.box.style.translate = `${Math.max(8, left)}px ${top}px`
  }

  hide() {
    this.box.hidden = true
  }
}

export class PictureCard {
  /** @type {Picture | null} */
  picture = null

  /**
   * @param {HTMLElement} box
   * @param {Routes} routes
   * @param {{ go: Go, closed: () => void }} handlers
   */
  constructor(box, routes, { go, closed }) {
    this.box = box
    this.find = finder(box)
    this.routes = routes
    this.go = go
    this.closed = closed
    this.image = part(box, "img", HTMLImageElement)
    box.onclick = event => closest(event, ".close") && this.leave()
    box.onkeydown = event => {
      event.stopPropagation()
      if (event.key === "Escape") this.leave()
    }
  }

  /**
   * @param {Picture} picture
   * @param {string} cluster Its name.
   */
  show(picture, cluster) {
    this.picture = picture
    this.box.hidden = false
    this.image.src = below(this.routes.thumbnails, picture.content_hash) // here already, most times
    this.sharpen(below(this.routes.images, picture.content_hash), picture)
    this.image.alt = picture.name
    this.image.style.aspectRatio = picture.width && picture.height ? `${picture.width} / ${picture.height}` : ""
    this.find(".name").textContent = picture.name
    this.find(".folder").textContent = picture.folder
    this.find(".where").textContent = cluster
    const size = picture.width && picture.height ? `${picture.width} × ${picture.height}` : ""
    this.find(".size").textContent = size
    this.find(".labels").replaceChildren(...[...new Set([...picture.labels, ...picture.tags])].map(text => element("li", {}, text)))
    const { page } = this.routes
    leads(part(this.box, ".similar", HTMLAnchorElement), page, parameter("image", picture.content_hash), this.go)
    part(this.box, ".whole", HTMLAnchorElement).href = below(this.routes.images, picture.content_hash)
  }

  /**
   * @param {string} url
   * @param {Picture} picture
   */
  sharpen(url, picture) {
    const large = new Image()
    large.onload = () => {
      if (this.picture === picture) this.image.src = url
    }
    large.src = url
  }

  leave() {
    this.hide()
    this.closed()
  }

  hide() {
    this.picture = null
    this.box.hidden = true
  }
}
