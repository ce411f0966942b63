// Where the weight of a part is chosen: a slider, a number, and buttons for the usual ones.

import { closest, finder, focusedBeside, part } from "../../shared/base.js"
import { Floating } from "../../shared/floating.js"
import { isWeighted, nameOf } from "./parts.js"
import { EXCLUDED, hundredths, MAX_WEIGHT, MIN_WEIGHT, nonzero, stepped, WEIGHT_KEYS, weightText } from "./weight.js"

/** @import { Chip, WeightedPart } from "../types.d.ts" */

export class WeightPopover {
  /** @type {Chip | null} */
  chip = null // that it was opened for last

  /**
   * @param {HTMLElement} root
   * @param {{ weigh: (part: WeightedPart, weight: number) => void, settled: () => void }} handlers `weigh` takes each
   *   weight as it is chosen, `settled` says that for now it is the last.
   */
  constructor(root, { weigh, settled }) {
    this.weigh = weigh
    this.settled = settled
    this.find = finder(root)
    this.floating = new Floating(root, { closed: () => settled() })
    this.slider = this.find(".slider", HTMLInputElement)
    this.number = this.find(".number", HTMLInputElement)
    this.slider.oninput = () => this.choose(before => nonzero(Number(this.slider.value), before))
    this.slider.onpointerup = this.slider.onpointercancel = () => settled()
    this.number.oninput = () => this.type()
    this.number.onchange = () => this.paint()
    root.onkeydown = event => this.onKey(event)
    this.find(".exclude").onclick = () => this.decide((weight, { kind }) => (weight < 0 ? 1 : EXCLUDED[kind]))
    this.find(".usual").onclick = () => this.decide(() => 1)
  }

  /** Its part as it is now: each weight makes another. */
  get part() {
    const shown = this.chip?.queryPart
    return shown && isWeighted(shown) ? shown : null
  }

  /** @param {Chip} chip */
  toggle(chip) {
    if (this.floating.open && this.chip === chip) return this.floating.close()
    this.floating.close()
    this.chip = chip
    this.paint()
    this.floating.show(chip, { opener: part(chip, ".weight") })
    this.slider.focus()
  }

  // Of the chip that it is open for; one that is gone takes it along.
  follow() {
    if (!this.floating.open) return
    if (!this.chip?.isConnected) return this.floating.close()
    this.paint()
    this.floating.place()
  }

  paint() {
    const { part, slider, number } = this
    if (!part) return
    const { weight } = part
    const share = (/** @type {number} */ at) => String((at - MIN_WEIGHT) / (MAX_WEIGHT - MIN_WEIGHT))
    this.find(".weigh-name").textContent = nameOf(part)
    this.floating.element.classList.toggle("negative", weight < 0)
    slider.value = String(weight)
    slider.setAttribute("aria-valuetext", weightText(weight))
    slider.style.setProperty("--low", share(Math.min(0, weight)))
    slider.style.setProperty("--high", share(Math.max(0, weight)))
    const typed = number === focusedBeside(number) && Number(number.value) === weight
    if (!typed) number.value = String(weight)
    this.find(".exclude").setAttribute("aria-pressed", String(weight < 0))
    this.find(".usual", HTMLButtonElement).disabled = weight === 1
  }

  /** @param {(before: number, part: WeightedPart) => number} change */
  choose(change) {
    const { part } = this
    if (part) this.weigh(part, change(part.weight, part))
  }

  /** @param {(before: number, part: WeightedPart) => number} change */
  decide(change) {
    this.choose(change)
    this.settled()
  }

  // What is half typed, "-" or "0.", is not taken yet and not corrected.
  type() {
    const { value } = this.number
    const weight = Number(value)
    if (value === "" || weight === 0 || weight < MIN_WEIGHT || weight > MAX_WEIGHT) return
    this.choose(() => hundredths(weight))
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const direction = WEIGHT_KEYS.get(event.key)
    const field = closest(event, ".slider, .number")
    if (event.key === "Enter" && field) this.leave(event)
    else if (field && direction && !(field === this.number && /Left|Right/.test(event.key))) {
      event.preventDefault()
      this.choose(before => stepped(before, direction))
    }
  }

  /** @param {KeyboardEvent} event */
  leave(event) {
    event.preventDefault()
    this.number.blur() // takes what is typed
    this.floating.leave()
  }
}
