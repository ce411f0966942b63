// How large tiles are: three sizes, by buttons, by two fingers or by the wheel with Ctrl. The visitor's own: the browser
// keeps it, and no run of the page knows of it.

import { remember, remembered } from "../../shared/base.js"

const TILE_SIZES = { small: "7rem", medium: "10rem", large: "16rem" } // of a picture; as wide at least
const USUAL_SIZE = "medium"
const PINCHED = 1.3 // times as far apart as before, or as near
const WHEELED = 60 // pixels of the wheel

export class Sizes {
  wheeled = 0
  changed
  root

  constructor(root, tiles, { changed }) {
    Object.assign(this, { root, changed })
    this.box = root.querySelector(".sizes")
    this.box.onchange = ({ target }) => this.set(target.value)
    tiles.addEventListener("wheel", event => this.onWheel(event), { passive: false })
    tiles.addEventListener("touchstart", event => this.onTouch(event), { passive: true })
    tiles.addEventListener("touchmove", event => this.onTouch(event), { passive: false })
    this.paint(remembered("tile"))
  }

  set(size) {
    if (size === this.size) return
    this.paint(size)
    remember("tile", this.size)
    this.changed()
  }

  paint(size) {
    this.size = Object.hasOwn(TILE_SIZES, size ?? "") ? size : USUAL_SIZE
    for (const name of Object.keys(TILE_SIZES)) this.root.classList.toggle(`${name}-tiles`, name === this.size)
    this.root.style.setProperty("--wanted", TILE_SIZES[this.size])
    for (const radio of this.box.querySelectorAll("input")) radio.checked = radio.value === this.size
  }

  step(by) {
    const names = Object.keys(TILE_SIZES)
    this.set(names[Math.max(0, Math.min(names.indexOf(this.size) + by, names.length - 1))])
  }

  // Two fingers on a touchpad come as this, too.
  onWheel(event) {
    if (!event.ctrlKey) return
    event.preventDefault()
    const way = Math.sign(event.deltaY)
    this.wheeled = way * this.wheeled < 0 ? event.deltaY : this.wheeled + event.deltaY
    if (Math.abs(this.wheeled) < WHEELED) return
    this.wheeled = 0
    this.step(-way)
  }

  onTouch(event) {
    if (event.touches.length !== 2) return (this.apart = undefined)
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
