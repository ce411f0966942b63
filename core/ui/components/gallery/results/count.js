// How many results are shown, k: a slider that ends in a place for all, and a field for any other number. What is moved
// shows at once; the page hears of it when it rests.

import { part } from "../../shared/base.js"
import { Edits } from "../../shared/edits.js"
import { MAX_K, MAX_ON_SLIDER, PLACE_OF_ALL, placed } from "./steps.js"

/** @import { Trigger } from "../../shared/types.d.ts" */

const RESTED = 400 // milliseconds without another key

export class Count {
  edits = new Edits("k")
  k = MAX_K
  /** @type {number | undefined} */
  sent // what the page knows of
  held = false // whether the slider is
  typing = false // whether somebody is at the field: what is typed is not overwritten by an answer that comes meanwhile
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  waiting

  /**
   * @param {HTMLElement} box
   * @param {{ changed: () => void, trigger: Trigger }} handlers `changed` is called with every number on the way, the
   *   trigger with the one that it comes to.
   */
  constructor(box, { changed, trigger }) {
    this.changed = changed
    this.trigger = trigger
    this.slider = part(box, ".k-slider", HTMLInputElement)
    this.field = part(box, ".k-field", HTMLInputElement)
    this.slider.oninput = () => this.move(placed(Number(this.slider.value)))
    this.slider.onpointerdown = () => (this.held = true)
    this.slider.onpointerup = this.slider.onpointercancel = () => {
      this.held = false
      this.rest()
    }
    this.slider.onchange = () => !this.held && this.k !== this.sent && this.wait() // a drag has told already
    this.slider.onblur = () => this.waiting && this.rest()
    this.field.oninput = () => (this.typing = true)
    this.field.onchange = this.field.onblur = () => this.onField()
    this.field.onkeydown = ({ key }) => {
      if (key === "Enter") this.onField()
    }
    this.field.onfocus = () => this.field.select()
  }

  close() {
    clearTimeout(this.waiting)
  }

  /**
   * What the page says, unless something newer was asked for here.
   * @param {{ k: number, answered: number }} data
   */
  show({ k, answered }) {
    const settled = this.edits.settles({ answered }) && !this.held && !this.waiting
    if (settled || this.sent === undefined) this.k = this.sent = k
    this.paint()
  }

  /** @param {number} k */
  move(k) {
    if (k === this.k) return
    this.k = k
    this.paint()
    this.changed()
  }

  /**
   * As if it had been moved there and let go.
   * @param {number} k
   */
  set(k) {
    this.move(k)
    this.rest()
  }

  wait() {
    clearTimeout(this.waiting)
    this.waiting = setTimeout(() => this.rest(), RESTED)
  }

  rest() {
    clearTimeout(this.waiting)
    this.waiting = undefined
    if (this.k === this.sent) return
    this.sent = this.k
    this.edits.send(this.trigger, this.k)
  }

  // Nothing is all; what is no number of results is not taken.
  onField() {
    if (!this.typing) return
    this.typing = false
    const text = this.field.value.trim()
    const k = text || this.field.validity.badInput ? Number(text || NaN) : MAX_K
    if (Number.isInteger(k) && k >= 1) this.set(Math.min(k, MAX_K))
    this.paint()
  }

  paint() {
    const { k, slider, field } = this
    const place = k >= MAX_K ? PLACE_OF_ALL : Math.min(k, MAX_ON_SLIDER)
    const text = k >= MAX_K ? "" : String(k)
    if (Number(slider.value) !== place) slider.value = String(place)
    slider.setAttribute("aria-valuetext", text || "All")
    slider.style.setProperty("--share", String((place - 1) / MAX_ON_SLIDER))
    if (!this.typing && (field.value !== text || field.validity.badInput)) field.value = text
  }
}
