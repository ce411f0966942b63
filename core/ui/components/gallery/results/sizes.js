// How large tiles are: three sizes, by buttons, by two fingers or by the wheel with Ctrl. The visitor's own: the browser
// keeps it, and no run of the page knows of it.

import { part, parts, remember, remembered } from "../../shared/base.js"

/** @typedef {"small" | "medium" | "large"} Size */

/** @type {Record<Size, string>} */
const TILE_SIZES = { small: "7rem", medium: "10rem", large: "16rem" } // of a picture; as wide at least
/** @type {Size[]} */
const SIZES = ["small", "medium", "large"]
const PINCHED = 1.3 // times as far apart as before, or as near
const WHEELED = 60 // pixels of the wheel

export class Sizes {
  /** @type {Size} */
  size = "medium"
  wheeled = 0
  /** @type {number | undefined} */
  apart // of two fingers, in pixels

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} tiles
   * @param {() => void} changed
   */
  constructor(root, tiles, changed) {
    this.root = root
    this.changed = changed
    this.box = part(root, ".sizes")
    for (const radio of this.radios) radio.onchange = () => this.set(sizeOf(radio.value) ?? this.size)
    tiles.addEventListener("wheel", event => this.onWheel(event), { passive: false })
    tiles.addEventListener("touchstart", event => this.onTouch(event), { passive: true })
    tiles.addEventListener("touchmove", event => this.onTouch(event), { passive: false })
    this.paint(sizeOf(remembered("tile")) ?? this.size)
  }

  get radios() {
    return parts(this.box, "input", HTMLInputElement)
  }

  /** @param {Size} size */
  set(size) {
    if (size === this.size) return
    this.paint(size)
    remember("tile", this.size)
    this.changed()
  }

  /** @param {Size} size */
  paint(size) {
    this.size = size
    for (const name of SIZES) this.root.classList.toggle(`${name}-tiles`, name === size)
    this.root.style.setProperty("--wanted", TILE_SIZES[size])
    for (const radio of this.radios) radio.checked = radio.value === size
  }

  /** @param {number} by */
  step(by) {
    this.set(SIZES[Math.max(0, Math.min(SIZES.indexOf(this.size) + by, SIZES.length - 1))])
  }

  /**
   * Two fingers on a touchpad come as this, too.
   * @param {WheelEvent} event
   */
  onWheel(event) {
    if (!event.ctrlKey) return
    event.preventDefault()
    const way = Math.sign(event.deltaY)
    this.wheeled = way * this.wheeled < 0 ? event.deltaY : this.wheeled + event.deltaY
    if (Math.abs(this.wheeled) < WHEELED) return
    this.wheeled = 0
    this.step(-way)
  }

  /** @param {TouchEvent} event */
  onTouch(event) {
    if (event.touches.length !== 2) {
      this.apart = undefined
      return
    }
    const [one, other] = event.touches
    const apart = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)
    if (event.type === "touchmove") event.preventDefault()
    this.apart ??= apart
    if (apart > this.apart * PINCHED) this.step(1)
    else if (apart < this.apart / PINCHED) this.step(-1)
    else return
    this.apart = apart
  }
}

/**
 * @param {unknown} name
 * @returns {Size | undefined}
 */
function sizeOf(name) {
  return SIZES.find(size => size === name)
}
