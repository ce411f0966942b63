// The picture itself, large: its thumbnail at once, the preview when it is decoded; over it the boxes of its labels.

import { finder, part } from "../../shared/base.js"
import { plural } from "../../shared/format.js"
import { below } from "../../shared/routes.js"

/** @import { Known, Routes } from "../types.d.ts" */

const SWIPE = 48 // pixels
const DWELL = 60 // milliseconds: pictures that are only passed by are not asked for
const UNKNOWN = { width: 480, height: 480 } // sides of what has not come yet

export class Stage {
  /** @type {Known | null} */
  item = null
  /** @type {Known | undefined} */
  next // what is probably shown after it
  /** @type {Routes | null} */
  routes = null
  size = { width: 0, height: 0 } // its own sides; 0 where they are not known
  /** @type {string | null} */
  shown = null // the URL of its preview
  /** @type {Set<string>} */
  loaded = new Set() // URLs of previews
  boxes = false // whether boxes are wanted, on every picture that has some
  /** @type {string | null} */
  wanted = null // the URL of the boxes
  /** @type {Touch | null} */
  touch = null // where a swipe began
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  soon

  /**
   * @param {HTMLElement} element
   * @param {(by: number) => void} turn
   */
  constructor(element, turn) {
    this.element = element
    this.turn = turn
    this.find = finder(element)
    this.image = this.find(".picture", HTMLImageElement)
    this.image.onerror = () => this.found(false) // the thumbnail failed, too: nothing to show in its place
    this.image.onload = () => this.fit(this.image.naturalWidth, this.image.naturalHeight)
    this.boxed = this.find(".boxed", HTMLImageElement)
    this.boxed.onload = () => this.boxesArrived(true)
    this.boxed.onerror = () => this.boxesArrived(false)
    this.button = this.find(".show-boxes")
    this.button.onclick = () => this.toggleBoxes()
    element.addEventListener("touchstart", ({ touches }) => (this.touch = touches.length === 1 ? touches[0] : null), { passive: true })
    element.addEventListener("touchend", ({ changedTouches }) => this.onSwipe(changedTouches[0]))
  }

  /**
   * @param {Known} item
   * @param {Known | undefined} next
   * @param {Routes} routes
   */
  show(item, next, routes) {
    this.item = item
    this.next = next
    this.routes = routes
    this.paintBoxes()
    this.paintImage(item, routes)
  }

  close() {
    clearTimeout(this.soon)
    this.shown = null
  }

  /**
   * @param {Known} item
   * @param {Routes} routes
   */
  paintImage({ content_hash, name, width = 0, height = 0 }, routes) {
    const preview = below(routes.images, content_hash)
    if (this.shown === preview) return
    this.shown = preview
    clearTimeout(this.soon)
    this.found(true)
    this.image.alt = name
    this.size = { width, height }
    this.fit(width || UNKNOWN.width, height || UNKNOWN.height)
    this.element.classList.toggle("waiting", !this.loaded.has(preview))
    if (this.loaded.has(preview)) this.image.src = preview
    else {
      this.image.src = below(routes.thumbnails, content_hash)
      this.soon = setTimeout(() => this.bring(preview), DWELL)
    }
  }

  /**
   * The picture's own sides where they are known; those of what is shown otherwise.
   * @param {number} width
   * @param {number} height
   */
  fit(width, height) {
    const { style } = this.find(".preview")
    style.setProperty("--width", String(this.size.width || width))
    style.setProperty("--ratio", String((this.size.width || width) / (this.size.height || height)))
  }

  /** @param {string} preview */
  async bring(preview) {
    const arrived = await this.load(preview)
    if (this.shown !== preview) return // the visitor has gone on
    this.element.classList.remove("waiting")
    if (arrived) {
      this.found(true)
      this.image.src = preview
    }
    if (this.next && this.routes) this.load(below(this.routes.images, this.next.content_hash))
  }

  /**
   * Whether it is there, decoded.
   * @param {string} url
   */
  async load(url) {
    const coming = new Image()
    coming.src = url
    try {
      await coming.decode()
    } catch {
      return false
    }
    this.loaded.add(url)
    return true
  }

  /** @param {boolean} found */
  found(found) {
    this.find(".preview").hidden = !found
    this.find(".stage-missing").hidden = found
  }

  toggleBoxes() {
    this.boxes = !this.boxes
    this.paintBoxes()
  }

  // The server draws them into an image of its own, which lies over this one.
  paintBoxes() {
    const { item, routes, boxed, button } = this
    const url = item && routes?.boxes && item.boxes ? below(routes.boxes, item.id) : null
    button.hidden = !url
    button.setAttribute("aria-pressed", String(this.boxes))
    part(button, "span").textContent = url ? plural(item?.boxes ?? 0, "box", "boxes") : ""
    this.wanted = this.boxes ? url : null
    const known = boxed.getAttribute("src") === this.wanted
    boxed.hidden = !(known && boxed.naturalWidth)
    this.element.classList.toggle("drawing", Boolean(this.wanted && !known))
    if (this.wanted && !known) boxed.src = this.wanted
  }

  /** @param {boolean} arrived */
  boxesArrived(arrived) {
    if (this.boxed.getAttribute("src") !== this.wanted) return // the visitor has gone on
    this.element.classList.remove("drawing")
    this.boxed.hidden = !arrived
    if (arrived) return
    this.boxed.removeAttribute("src") // asked for again, it may be there
    part(this.button, "span").textContent = "The boxes cannot be shown"
  }

  /** @param {Touch} end */
  onSwipe({ clientX, clientY }) {
    if (!this.touch) return
    const [dx, dy] = [clientX - this.touch.clientX, clientY - this.touch.clientY]
    this.touch = null
    if (Math.abs(dx) > SWIPE && Math.abs(dx) > 2 * Math.abs(dy)) this.turn(-Math.sign(dx))
  }
}
