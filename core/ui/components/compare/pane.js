// One of two pictures that are compared: its thumbnail at once, the preview when it is decoded.

import { finder } from "../shared/base.js"
import { below } from "../shared/routes.js"
import { matrix } from "./geometry.js"

/** @import { CompareRoutes, Item, Place, Sides, Transform } from "./types.d.ts" */

const FINE = 3 // pixels of the screen for one of the picture: from there on each is seen as a square

export class Pane {
  /** @type {Item | null} */
  item = null
  wanted = "" // the URL of the preview

  /**
   * @param {HTMLElement} element
   * @param {() => void} changed Called when the picture has come, or its sides are known.
   */
  constructor(element, changed) {
    this.element = element
    this.changed = changed
    this.find = finder(element)
    this.sheet = this.find(".sheet")
    this.image = this.find("img", HTMLImageElement)
    this.image.onload = () => this.arrived()
    this.image.onerror = () => this.element.classList.add("absent")
  }

  /**
   * @param {Item} item
   * @param {CompareRoutes} routes
   */
  show(item, { thumbnails, images }) {
    const preview = item.url ?? below(images, item.content_hash)
    this.item = item
    this.image.alt = item.name
    this.find(".pane-name").textContent = item.name
    this.find(".pane-name").title = item.path
    if (this.wanted === preview) return
    this.wanted = preview
    this.element.classList.remove("absent")
    this.image.src = item.url ?? below(thumbnails, item.content_hash)
    this.bring(preview)
  }

  /** @param {string} preview */
  async bring(preview) {
    this.element.classList.add("waiting")
    const coming = new Image()
    coming.src = preview
    const found = await coming.decode().then(() => true, () => false)
    if (this.wanted !== preview) return // another is shown by now
    this.element.classList.remove("waiting")
    if (found) this.image.src = preview
  }

  arrived() {
    this.element.classList.remove("absent")
    this.changed()
  }

  /** Whether it is the preview that is shown. */
  get isWhole() {
    return this.image.complete && this.image.getAttribute("src") === this.wanted && this.image.naturalWidth > 0
  }

  /**
   * Its own sides where they are known, those of what is shown otherwise.
   * @returns {Sides}
   */
  get sides() {
    const { width = 0, height = 0 } = this.item ?? {}
    if (width && height) return { width, height }
    const { naturalWidth, naturalHeight } = this.image
    return { width: naturalWidth || 1, height: naturalHeight || 1 }
  }

  get ratio() {
    const { width, height } = this.sides
    return width / height
  }

  /**
   * @param {Place} place Of the picture; of the first, where it is laid over that.
   * @param {Transform | null} over How it lies over the first.
   */
  place({ left, top, width, height }, over) {
    const { style } = this.sheet
    style.translate = `${left}px ${top}px`
    style.width = `${width}px`
    style.height = `${height}px`
    this.image.style.transform = over ? `matrix(${matrix(over, { width, height })})` : ""
    this.image.classList.toggle("fine", width / (this.image.naturalWidth || 1) > FINE)
  }
}
