// The picture itself, large: its thumbnail at once, the preview when it is decoded; over it the boxes of its labels.

import { plural } from "../../shared/format.js"

const SWIPE = 48 // pixels
const DWELL = 60 // milliseconds: pictures that are only passed by are not asked for

export class Stage {
  item
  routes
  next
  size = { width: 0, height: 0 } // its own sides; 0 where they are not known
  loaded = new Set()
  boxes = false // whether boxes are wanted, on every picture that has some

  constructor(element, { turn }) {
    this.element = element
    this.find = selector => element.querySelector(selector)
    this.image = this.find(".picture")
    this.image.onerror = () => this.failed()
    this.image.onload = () => this.fit(this.image.naturalWidth, this.image.naturalHeight)
    this.boxed = this.find(".boxed")
    this.boxed.onload = () => this.boxesArrived(true)
    this.boxed.onerror = () => this.boxesArrived(false)
    this.find(".show-boxes").onclick = () => this.toggleBoxes()
    element.ontouchstart = event => (this.touch = event.touches.length === 1 ? event.touches[0] : null)
    element.ontouchend = event => this.onSwipe(event.changedTouches[0], turn)
  }

  show(item, next, routes) {
    Object.assign(this, { item, next, routes })
    this.paintBoxes()
    this.paintPicture()
  }

  close() {
    clearTimeout(this.soon)
    this.shown = null
  }

  paintPicture() {
    const { content_hash, name, width, height } = this.item
    const preview = `${this.routes.images}/${content_hash}`
    if (this.shown === preview) return
    this.shown = preview
    clearTimeout(this.soon)
    this.found(true)
    this.image.alt = name
    this.size = { width, height }
    this.fit(width || 480, height || 480)
    this.element.classList.toggle("waiting", !this.loaded.has(preview))
    if (this.loaded.has(preview)) this.image.src = preview
    else {
      this.image.src = `${this.routes.thumbnails}/${content_hash}`
      this.soon = setTimeout(() => this.load(preview).then(arrived => this.arrived(preview, arrived)), DWELL)
    }
  }

  // The picture's own sides where they are known; those of what is shown otherwise.
  fit(width, height) {
    const { style } = this.find(".preview")
    style.setProperty("--width", this.size.width || width)
    style.setProperty("--ratio", (this.size.width || width) / (this.size.height || height))
  }

  arrived(preview, arrived) {
    if (this.shown !== preview) return // the visitor has gone on
    this.element.classList.remove("waiting")
    if (arrived) {
      this.found(true)
      this.image.src = preview
    }
    if (this.next) this.load(`${this.routes.images}/${this.next.content_hash}`)
  }

  load(url) {
    const picture = new Image()
    picture.src = url
    return picture.decode().then(
      () => this.loaded.add(url),
      () => false
    )
  }

  // The thumbnail failed too: nothing to show in its place.
  failed() {
    this.found(false)
  }

  found(found) {
    this.find(".preview").hidden = !found
    this.find(".stage-missing").hidden = found
  }

  toggleBoxes() {
    this.boxes = !this.boxes
    this.paintBoxes()
  }

  // The server draws them into a picture of its own, which lies over this one.
  paintBoxes() {
    const { item, routes, boxed } = this
    const button = this.find(".show-boxes")
    const some = Boolean(routes.boxes && item.boxes)
    button.hidden = !some
    button.setAttribute("aria-pressed", this.boxes)
    button.querySelector("span").textContent = some ? plural(item.boxes, "box", "boxes") : ""
    this.wanted = some && this.boxes ? `${routes.boxes}/${item.id}` : null
    const known = boxed.getAttribute("src") === this.wanted
    boxed.hidden = !(known && boxed.naturalWidth)
    this.element.classList.toggle("drawing", Boolean(this.wanted && !known))
    if (this.wanted && !known) boxed.src = this.wanted
  }

  boxesArrived(arrived) {
    if (this.boxed.getAttribute("src") !== this.wanted) return // the visitor has gone on
    this.element.classList.remove("drawing")
    this.boxed.hidden = !arrived
    if (arrived) return
    this.boxed.removeAttribute("src") // asked for again, it may be there
    this.find(".show-boxes span").textContent = "The boxes cannot be shown"
  }

  onSwipe({ clientX, clientY }, turn) {
    if (!this.touch) return
    const [dx, dy] = [clientX - this.touch.clientX, clientY - this.touch.clientY]
    this.touch = null
    if (Math.abs(dx) > SWIPE && Math.abs(dx) > 2 * Math.abs(dy)) turn(-Math.sign(dx))
  }
}
