// A finger that rests on a tile chooses it.

/** @import { Tile } from "./types.d.ts" */

const RESTING = 450 // milliseconds
const TREMBLING = 10 // pixels

export class LongPress {
  /** @type {PointerEvent | null} */
  from = null // where a finger came down on a tile, last
  fired = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer

  /**
   * @param {HTMLElement} root
   * @param {{ tileAt: (event: Event) => Tile | undefined, pressed: (tile: Tile) => void }} handlers
   */
  constructor(root, { tileAt, pressed }) {
    this.tileAt = tileAt
    this.pressed = pressed
    root.addEventListener("pointerdown", event => this.begin(event))
    root.addEventListener("pointermove", event => {
      if (this.from && Math.hypot(event.x - this.from.x, event.y - this.from.y) > TREMBLING) this.cancel()
    })
    for (const end of ["pointerup", "pointercancel"]) root.addEventListener(end, () => this.cancel())
    root.addEventListener("contextmenu", event => this.from && event.preventDefault())
    root.addEventListener("click", event => this.swallow(event), { capture: true })
  }

  /** @param {PointerEvent} event */
  begin(event) {
    this.cancel()
    this.fired = false
    const tile = event.pointerType === "touch" ? this.tileAt(event) : undefined
    this.from = tile ? event : null
    if (tile) this.timer = setTimeout(() => this.fire(tile), RESTING)
  }

  /** @param {Tile} tile */
  fire(tile) {
    this.fired = true
    navigator.vibrate?.(10)
    this.pressed(tile)
  }

  cancel() {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  /**
   * The click that a long press ends in is none.
   * @param {Event} event
   */
  swallow(event) {
    if (this.fired) event.stopImmediatePropagation()
    this.fired = false
  }
}
