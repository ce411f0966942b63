// What opens below a part of the page and lies above everything: one popover, with the ways to close it that people
// expect. The browser's own "auto" popovers close whatever else is open, and open again on a click that closed them.

const FLOATING_GAP = 8 // pixels, to its anchor and to the window's edges

export class Floating {
  anchor
  focus
  element
  opener
  closed
  wide

  constructor(element, { closed = () => {}, wide = false } = {}) {
    Object.assign(this, { element, closed, wide })
  }

  get open() {
    return this.element.matches(":popover-open")
  }

  // Below the anchor. The opener says whether it is open; `focus` is where Escape leads.
  show(anchor, { opener = anchor, focus = opener } = {}) {
    Object.assign(this, { anchor, opener, focus })
    if (!this.open) {
      this.element.showPopover()
      this.listen()
    }
    opener.setAttribute("aria-expanded", "true")
    this.place()
  }

  close() {
    if (!this.listening) return
    this.listening.abort()
    this.listening = null
    this.opener.setAttribute("aria-expanded", "false")
    if (this.open) this.element.hidePopover()
    this.closed()
  }

  listen() {
    this.listening = new AbortController()
    const { signal } = this.listening
    const leave = event => {
      const path = event.composedPath()
      if (![this.element, this.anchor, this.opener].some(part => path.includes(part))) this.close()
    }
    document.addEventListener("pointerdown", leave, { signal, capture: true })
    document.addEventListener("focusin", leave, { signal, capture: true })
    document.addEventListener("keydown", event => this.onKey(event), { signal, capture: true })
    document.addEventListener("scroll", () => this.place(), { signal, capture: true, passive: true })
    addEventListener("resize", () => this.place(), { signal })
  }

  onKey(event) {
    if (event.key !== "Escape") return
    event.preventDefault() // a search box would empty itself
    event.stopPropagation()
    this.close()
    this.focus.focus()
  }

  place() {
    const { element, anchor } = this
    const at = anchor.getBoundingClientRect()
    const [width, height] = [document.documentElement.clientWidth, window.visualViewport?.height ?? innerHeight]
    const [below, above] = [height - at.bottom - 2 * FLOATING_GAP, at.top - 2 * FLOATING_GAP]
    if (this.wide) element.style.width = `${at.width}px`
    element.style.maxHeight = ""
    const tall = element.offsetHeight
    const up = tall > below && above > below
    const room = Math.max(0, up ? above : below)
    const side = at.left + at.right > width ? at.right - element.offsetWidth : at.left // the one that it is nearer to
    const left = Math.min(side, width - element.offsetWidth - FLOATING_GAP)
    element.style.maxHeight = `${room}px`
    element.style.left = `${Math.max(FLOATING_GAP, left)}px`
    element.style.top = `${up ? at.top - FLOATING_GAP - Math.min(tall, room) : at.bottom + FLOATING_GAP}px`
  }
}
