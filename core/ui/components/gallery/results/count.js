// How many results are shown, k: a slider that ends in a place for all, and a field for any other number. What is moved
// shows at once; the page hears of it when it rests.

import { Edits } from "../../shared/edits.js"
import { MOST, MOST_ON_SLIDER, PLACE_OF_ALL, placed } from "./steps.js"

const RESTED = 400 // milliseconds without another key

export class Count {
  changed
  edits = new Edits("k")

  // `changed` is called with every number on the way, `send` with the one that it comes to.
  constructor(box, { changed, send }) {
    Object.assign(this, { box, changed })
    this.slider = box.querySelector(".k-slider")
    this.field = box.querySelector(".k-field")
    this.tell = () => this.rest(send)
    this.slider.oninput = () => this.move(placed(Number(this.slider.value)))
    this.slider.onpointerdown = () => (this.held = true)
    this.slider.onpointerup = this.slider.onpointercancel = () => {
      this.held = false
      this.tell()
    }
    this.slider.onchange = () => !this.held && this.k !== this.sent && this.wait() // a drag has told already
    this.slider.onblur = () => this.waiting && this.tell()
    this.field.oninput = () => (this.typing = true) // what is typed is not overwritten by an answer that comes meanwhile
    this.field.onchange = this.field.onblur = () => this.onField()
    this.field.onkeydown = ({ key }) => {
      if (key === "Enter") this.onField()
    }
    this.field.onfocus = () => this.field.select()
  }

  close() {
    clearTimeout(this.waiting)
  }

  // What the page says, unless something newer was asked for here.
  show({ k, answered }) {
    const settled = this.edits.settles({ answered }) && !this.held && !this.waiting
    if (settled || this.k === undefined) this.k = this.sent = k
    this.paint()
  }

  move(k) {
    if (k === this.k) return
    this.k = k
    this.paint()
    this.changed()
  }

  // As if it had been moved there and let go.
  set(k) {
    this.move(k)
    this.tell()
  }

  wait() {
    clearTimeout(this.waiting)
    this.waiting = setTimeout(this.tell, RESTED)
  }

  rest(send) {
    clearTimeout(this.waiting)
    this.waiting = undefined
    if (this.k === this.sent) return
    this.sent = this.k
    this.edits.send(send, this.k)
  }

  // Nothing is all; what is no number of results is not taken.
  onField() {
    if (!this.typing) return
    this.typing = false
    const text = this.field.value.trim()
    const k = text || this.field.validity.badInput ? Number(text || NaN) : MOST
    if (Number.isInteger(k) && k >= 1) this.set(Math.min(k, MOST))
    this.paint()
  }

  paint() {
    const { k, slider, field } = this
    const place = k >= MOST ? PLACE_OF_ALL : Math.min(k, MOST_ON_SLIDER)
    const text = k >= MOST ? "" : String(k)
    if (Number(slider.value) !== place) slider.value = place
    slider.setAttribute("aria-valuetext", text || "All")
    slider.style.setProperty("--share", (place - 1) / MOST_ON_SLIDER)
    if (!this.typing && (field.value !== text || field.validity.badInput)) field.value = text
  }
}
