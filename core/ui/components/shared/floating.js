// What opens below a part of the page and lies above everything: one popover, with the ways to close it that people
// expect. The browser's own "auto" popovers close whatever else is open, and open again on a click that closed them.

const FLOATING_GAP = 8 // pixels, to its anchor and to the window's edges

export class Floating {
  /** @type {{ anchor: HTMLElement, opener: HTMLElement, focus: HTMLElement, listening: AbortController } | null} */
  shown = null

  /**
   * @param {HTMLElement} element
   * @param {{ closed?: () => void, wide?: boolean }} [options] Whether it is as wide as its anchor.
   */
  constructor(element, { closed = () => {}, wide = false } = {}) {
    this.element = element
    this.closed = closed
    this.wide = wide
  }

  get open() {
    return this.element.matches(":popover-open")
  }

  get anchor() {
    return this.shown?.anchor ?? null
  }

  /**
   * Below the anchor. The opener says whether it is open; `focus` is where Escape leads.
   * @param {HTMLElement} anchor
   * @param {{ opener?: HTMLElement, focus?: HTMLElement }} [options]
   */
  show(anchor, { opener = anchor, focus = opener } = {}) {
    const listening = (this.open && this.shown?.listening) || this.appear()
    this.shown = { anchor, opener, focus, listening }
    opener.setAttribute("aria-expanded", "true")
    this.place()
  }

  close() {
    if (!this.shown) return
    const { opener, listening } = this.shown
    this.shown = null
    listening.abort()
    opener.setAttribute("aria-expanded", "false")
    if (this.open) this.element.hidePopover()
    this.closed()
  }

  appear() {
    this.shown?.listening.abort() // where something else has closed it
    this.element.showPopover()
    const listening = new AbortController()
    const { signal } = listening
    const leave = (/** @type {Event} */ event) => this.onElsewhere(event)
    document.addEventListener("pointerdown", leave, { signal, capture: true })
    document.addEventListener("focusin", leave, { signal, capture: true })
    document.addEventListener("keydown", event => this.onKey(event), { signal, capture: true })
    document.addEventListener("scroll", () => this.place(), { signal, capture: true, passive: true })
    addEventListener("resize", () => this.place(), { signal })
    return listening
  }

  /** @param {Event} event */
  onElsewhere(event) {
    if (!this.shown) return
    const path = event.composedPath()
    if (![this.element, this.shown.anchor, this.shown.opener].some(part => path.includes(part))) this.close()
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key !== "Escape") return
    event.preventDefault() // a search box would empty itself
    event.stopPropagation()
    this.leave()
  }

  // The focus goes back to where it came from.
  leave() {
    const focus = this.shown?.focus
    this.close()
    focus?.focus()
  }

  place() {
    if (!this.shown) return
    const { element } = this
    const at = this.shown.anchor.getBoundingClientRect()
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
