// One sentence at the foot of the window: what is being done, what was done, what went wrong.

const READING_TIME = 5000 // milliseconds that good news stays

export class Toast {
  constructor(element) {
    this.element = element
    this.find = selector => element.querySelector(selector)
  }

  // Something that takes a while, and can be stopped.
  busy(text, stop) {
    this.show(text, { busy: true, button: "Cancel", pressed: stop })
  }

  done(text) {
    this.show(text, {})
    this.fading = setTimeout(() => this.hide(), READING_TIME)
  }

  failed(text) {
    this.show(text, { error: true, button: "Close" })
  }

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
