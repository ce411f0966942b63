// What is looked at of both pictures at one time: by the wheel, two fingers, dragging or keys.

import { bounded, clamped, largest, panned, WHOLE, zoomed } from "./geometry.js"

/** @import { Point, Sides, View } from "./types.d.ts" */
/** @typedef {{ sides: Sides, ratio: number }} Shown */

const STEP = 1.25 // times as large
const PAN = 0.12 // of the pane
const PER_PIXEL = 0.0018 // of the wheel
const PER_PINCHED_PIXEL = 0.012 // two fingers on a touchpad come as small turns of the wheel
const PER_LINE = 18 // pixels
/** @type {Map<string, [number, number]>} */
const ARROWS = new Map([["ArrowLeft", [1, 0]], ["ArrowRight", [-1, 0]], ["ArrowUp", [0, 1]], ["ArrowDown", [0, -1]]])

export class Zooming {
  /** @type {View} */
  view = WHOLE
  /** @type {Map<number, Point>} */
  pointers = new Map() // on the window, by the number of the pointer
  /** @type {EventTarget | null} */
  began = null // where the first of them was put down

  /**
   * @param {HTMLElement} area What both panes lie in.
   * @param {{ shownAt: (target: EventTarget | null) => Shown, paneAt: (target: EventTarget | null) => DOMRect, changed: () => void }} handlers
   *   `shownAt` gives the picture that is under the pointer, or the first; `paneAt` the pane that it is in.
   */
  constructor(area, { shownAt, paneAt, changed }) {
    this.area = area
    this.shownAt = shownAt
    this.paneAt = paneAt
    this.changed = changed
    area.addEventListener("wheel", event => this.onWheel(event), { passive: false })
    area.onpointerdown = event => this.onDown(event)
    area.onpointermove = event => this.onMove(event)
    area.onpointerup = area.onpointercancel = event => this.onUp(event)
    area.ondblclick = event => this.zoom(this.view.scale > 1 ? 0 : this.actual(event), event)
  }

  reset() {
    this.pointers.clear()
    this.set(WHOLE)
  }

  /** @param {View} view */
  set(view) {
    this.view = view
    this.area.classList.toggle("zoomed", view.scale > 1)
    this.changed()
  }

  /** Within what is possible, where the window or the picture has another size now. */
  fit() {
    const { ratio, most, pane } = this.at(null)
    this.view = clamped(this.view, pane, ratio, most)
  }

  /** @param {EventTarget | null} target */
  at(target) {
    const { sides, ratio } = this.shownAt(target)
    const pane = this.paneAt(target)
    return { sides, ratio, pane, most: largest(pane, sides) }
  }

  /**
   * The factor by which one pixel of the picture becomes one of the screen; at least twice as large as now.
   * @param {{ target: EventTarget | null } | null} event
   */
  actual(event) {
    const { sides, ratio, pane } = this.at(event?.target ?? null)
    const fit = Math.min(pane.width, pane.height * ratio)
    return Math.max(2, sides.width / fit) / this.view.scale
  }

  /**
   * By a factor; all the way out where it is 0.
   * @param {number} factor
   * @param {{ target: EventTarget | null, clientX: number, clientY: number } | null} [around] The middle where nothing is said.
   */
  zoom(factor, around = null) {
    if (!factor) return this.set(WHOLE)
    const { ratio, pane, most } = this.at(around?.target ?? null)
    const middle = { x: pane.width / 2, y: pane.height / 2 }
    const point = around ? { x: around.clientX - pane.left, y: around.clientY - pane.top } : middle
    this.set(zoomed(this.view, factor, point, pane, ratio, most))
  }

  /**
   * @param {Point} by Pixels.
   * @param {EventTarget | null} [target]
   */
  pan(by, target = null) {
    const { ratio, pane, most } = this.at(target)
    this.set(panned(this.view, by, pane, ratio, most))
  }

  /**
   * Whether the key means something here.
   * @param {KeyboardEvent} event
   */
  onKey({ key }) {
    const arrow = ARROWS.get(key)
    if (arrow) {
      const { pane } = this.at(null)
      this.pan({ x: arrow[0] * PAN * pane.width, y: arrow[1] * PAN * pane.height })
    } else if (key === "+" || key === "=") this.zoom(STEP)
    else if (key === "-" || key === "_") this.zoom(1 / STEP)
    else if (key === "0") this.zoom(0)
    else if (key === "1") this.zoom(this.actual(null))
    else return false
    return true
  }

  /** @param {WheelEvent} event */
  onWheel(event) {
    event.preventDefault()
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? PER_LINE : 1
    const turned = event.deltaY * lines * (event.ctrlKey ? PER_PINCHED_PIXEL : PER_PIXEL)
    this.zoom(Math.exp(-bounded(turned, -1, 1)), event)
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest("button, input, .seam"))) return
    this.area.setPointerCapture(event.pointerId)
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    this.began = event.target
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    const before = this.pointers.get(event.pointerId)
    if (!before) return
    const now = { x: event.clientX, y: event.clientY }
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1]
    this.pointers.set(event.pointerId, now)
    if (other) this.pinch(before, now, other)
    else this.pan({ x: now.x - before.x, y: now.y - before.y }, this.began)
  }

  /**
   * @param {Point} before
   * @param {Point} now
   * @param {Point} other The finger that rests.
   */
  pinch(before, now, other) {
    const apart = Math.hypot(before.x - other.x, before.y - other.y)
    const factor = apart ? Math.hypot(now.x - other.x, now.y - other.y) / apart : 1
    const middle = { clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 }
    this.pan({ x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 }, this.began)
    this.zoom(factor, { ...middle, target: this.began })
  }

  /** @param {PointerEvent} event */
  onUp(event) {
    this.pointers.delete(event.pointerId)
  }
}
