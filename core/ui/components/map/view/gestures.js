// What pointers and the wheel do on the map: one finger or the mouse drags it or draws on it, two fingers pinch it.

/** @import { Mode, Place } from "../types.d.ts" */
/**
 * @typedef {{
 *   mode: () => Mode,
 *   move: (from: Place, to: Place, factor: number) => void,
 *   zoom: (at: Place, factor: number) => void,
 *   draw: (at: Place, phase: "begin" | "on" | "end" | "cancel", event: PointerEvent) => void,
 *   hover: (at: Place | null, isTouch: boolean) => void,
 *   press: (at: Place, isTouch: boolean) => void,
 *   double: (at: Place, isOut: boolean) => void,
 * }} Handlers Places are pixels.
 */

const CLICK = 5 // pixels that a click may wander
const TOUCHED = 12
const WHEEL = 0.0016 // of a doubling, for each pixel that a wheel turns
const PINCH = 0.011 // the same, of a touch pad
const LINE = 18 // pixels of a line of text, in which some wheels count

export class Gestures {
  /** @type {Map<number, Place>} */
  fingers = new Map()
  /** @type {"none" | "move" | "draw" | "pinch"} */
  doing = "none"
  /** @type {Place} */
  begun = { x: 0, y: 0 }
  isClick = false
  listening = new AbortController()

  /**
   * @param {HTMLElement} surface
   * @param {Handlers} handlers
   */
  constructor(surface, handlers) {
    this.surface = surface
    this.handlers = handlers
    const { signal } = this.listening
    surface.addEventListener("pointerdown", event => this.onDown(event), { signal })
    surface.addEventListener("pointermove", event => this.onMove(event), { signal })
    surface.addEventListener("pointerup", event => this.onUp(event), { signal })
    surface.addEventListener("pointercancel", event => this.onCancel(event), { signal })
    surface.addEventListener("pointerleave", event => event.pointerType === "mouse" && handlers.hover(null, false), { signal })
    surface.addEventListener("wheel", event => this.onWheel(event), { signal, passive: false })
    surface.addEventListener("dblclick", event => handlers.double(this.at(event), event.shiftKey), { signal })
    surface.addEventListener("contextmenu", event => this.fingers.size && event.preventDefault(), { signal })
  }

  close() {
    this.listening.abort()
  }

  /** @param {MouseEvent} event */
  at({ clientX, clientY }) {
    const { left, top } = this.surface.getBoundingClientRect()
    return { x: clientX - left, y: clientY - top }
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    if (event.pointerType === "mouse" && event.button !== 0) return
    const at = this.at(event)
    this.fingers.set(event.pointerId, at)
    this.surface.setPointerCapture(event.pointerId)
    if (this.fingers.size === 1) this.begin(at, event)
    else if (this.fingers.size === 2) this.pinch(event)
  }

  /**
   * @param {Place} at
   * @param {PointerEvent} event
   */
  begin(at, event) {
    this.begun = at
    this.isClick = true
    const draws = this.handlers.mode() !== "move" || event.shiftKey
    this.doing = draws ? "draw" : "move"
    if (draws) this.handlers.draw(at, "begin", event)
  }

  /** @param {PointerEvent} event */
  pinch(event) {
    if (this.doing === "draw") this.handlers.draw(this.at(event), "cancel", event)
    this.doing = "pinch"
    this.isClick = false
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    const [at, before] = [this.at(event), this.fingers.get(event.pointerId)]
    const isTouch = event.pointerType === "touch"
    if (!before) {
      if (!isTouch) this.handlers.hover(at, false)
      return
    }
    if (Math.hypot(at.x - this.begun.x, at.y - this.begun.y) > (isTouch ? TOUCHED : CLICK)) this.isClick = false
    if (this.doing === "pinch") this.onPinch(event.pointerId, before, at)
    else if (this.doing === "draw") this.handlers.draw(at, "on", event)
    else if (this.doing === "move" && !this.isClick) this.handlers.move(before, at, 1)
    if (this.doing !== "move" || !this.isClick) this.fingers.set(event.pointerId, at)
  }

  /**
   * @param {number} finger
   * @param {Place} before
   * @param {Place} at
   */
  onPinch(finger, before, at) {
    const other = [...this.fingers].find(([id]) => id !== finger)?.[1]
    if (!other) return
    const factor = distance(at, other) / Math.max(1, distance(before, other))
    this.handlers.move(middle(before, other), middle(at, other), factor)
  }

  /** @param {PointerEvent} event */
  onUp(event) {
    if (!this.fingers.delete(event.pointerId)) return
    const at = this.at(event)
    if (this.doing === "draw") this.handlers.draw(at, "end", event)
    if (this.isClick && this.doing !== "pinch") this.handlers.press(this.begun, event.pointerType === "touch")
    this.settle()
  }

  /** @param {PointerEvent} event */
  onCancel(event) {
    if (!this.fingers.delete(event.pointerId)) return
    if (this.doing === "draw") this.handlers.draw(this.at(event), "cancel", event)
    this.isClick = false
    this.settle()
  }

  // Of two fingers one is left: it goes on moving the map.
  settle() {
    if (!this.fingers.size) this.doing = "none"
    else if (this.doing === "pinch") this.doing = "move"
  }

  /** @param {WheelEvent} event */
  onWheel(event) {
    event.preventDefault()
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE)
    const turned = Math.min(240, Math.max(-240, pixels))
    this.handlers.zoom(this.at(event), Math.exp(-turned * (event.ctrlKey ? PINCH : WHEEL)))
  }
}

/**
 * @param {Place} one
 * @param {Place} other
 */
function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y)
}

/**
 * @param {Place} one
 * @param {Place} other
 */
function middle(one, other) {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 }
}
