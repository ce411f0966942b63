// One sentence at the foot of the window: what is being done, what was done, what went wrong.

import { finder } from "../base.js"

const READING_TIME = 5000 // milliseconds that good news stays

export class Toast {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  fading

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element
    this.find = finder(element)
  }

  /**
   * Something that takes a while, and can be stopped.
   * @param {string} text
   * @param {() => void} stop
   */
  busy(text, stop) {
    this.show(text, { busy: true, button: "Cancel", pressed: stop })
  }

  /** @param {string} text */
  done(text) {
    this.show(text, {})
    this.fading = setTimeout(() => this.hide(), READING_TIME)
  }

  /** @param {string} text */
  failed(text) {
    this.show(text, { error: true, button: "Close" })
  }

  /**
   * @param {string} text
   * @param {{ busy?: boolean, error?: boolean, button?: string, pressed?: () => void }} options
   */
  show(text, { busy = false, error = false, button = "", pressed = () => {} }) {
    clearTimeout(this.fading)
    this.find("p").textContent = text
    this.find(".spinner").hidden = !busy
    this.find("button").hidden = !button
    this.find("button").textContent = button
    this.find("button").onclick = () => {
      this.hide()
      pressed()
    }
    this.element.classList.toggle("error", error)
    this.hide() // shown anew, it lies above what was opened meanwhile
    this.element.showPopover()
  }

  hide() {
    clearTimeout(this.fading)
    if (this.element.matches(":popover-open")) this.element.hidePopover()
  }
}
