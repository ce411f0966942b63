// Groups of the panel in which bounds are typed: numbers here, dates in taken.js.

import { element, part } from "../shared/base.js"
import { fileSize } from "../shared/format.js"
import { Group } from "./group.js"

/** @import { Bounds, NumberField, Panel, RangeOptions } from "./types.d.ts" */

/** @type {Record<string, number>} */
const UNITS = { b: 1, k: 1e3, m: 1e6, g: 1e9 }

/**
 * Two fields and some usual ranges. A range of the filter begins with its first bound and ends before its second; the
 * field says the last value that is in it.
 * @template {number | string} Bound
 * @template {string} [Field=string]
 * @extends {Group<RangeOptions<Field, Bound>>}
 */
export class RangeGroup extends Group {
  hint = "Type a number."
  signature = "" // of the bounds as they were painted

  /**
   * @param {Panel} panel
   * @param {RangeOptions<Field, Bound>} options
   */
  constructor(panel, options) {
    super(panel, options)
    this.range = panel.template("range")
    this.range.setAttribute("aria-label", this.title)
    this.body.append(this.range)
    this.low = part(this.range, ".low", HTMLInputElement)
    this.high = part(this.range, ".high", HTMLInputElement)
    this.low.onchange = () => this.read()
    this.high.onchange = () => this.read()
    this.presets = (options.presets ?? []).map(([name, low, high]) => this.preset(name, [low, high]))
    part(this.range, ".presets").append(...this.presets.map(({ button }) => button))
  }

  /**
   * @param {string} name
   * @param {Bounds<Bound>} bounds
   */
  preset(name, bounds) {
    const button = element("button", { type: "button", class: "preset" }, name)
    button.onclick = () => this.set(this.is(bounds) ? [null, null] : bounds)
    return { button, bounds }
  }

  /** @returns {Bounds<Bound>} */
  get bounds() {
    return [null, null]
  }

  set bounds(_bounds) {}

  get active() {
    return this.bounds.some(bound => bound !== null) ? 1 : 0
  }

  /** @param {Bounds<Bound>} bounds */
  is([low, high]) {
    return this.bounds[0] === low && this.bounds[1] === high
  }

  clear() {
    this.bounds = [null, null]
  }

  /** @param {Bounds<Bound>} bounds */
  set([low, high]) {
    this.bounds = [low, high]
    this.change(`${this.title} ${low === null && high === null ? "no longer limited" : "limited"}`)
  }

  // What was typed. A bound that was left alone stays as it is: it may be finer than the field shows.
  read() {
    const [before, after] = this.bounds
    const low = this.low.value === this.lowText(before) ? before : this.toLow(this.low.value)
    const high = this.high.value === this.highText(after) ? after : this.toHigh(this.high.value)
    if (low === undefined || high === undefined) return this.say(this.hint)
    if (low !== null && high !== null && low >= high) return this.say("This range ends before it begins.")
    this.say("")
    if (!this.is([low, high])) this.set([low, high])
  }

  /**
   * @param {Bound | null} _bound
   * @returns {string}
   */
  lowText(_bound) {
    return ""
  }

  /**
   * @param {Bound | null} _bound
   * @returns {string}
   */
  highText(_bound) {
    return ""
  }

  /**
   * Null where nothing is typed, undefined where it cannot be read.
   * @param {string} _text
   * @returns {Bound | null | undefined}
   */
  toLow(_text) {
    return null
  }

  /**
   * Likewise of the second bound.
   * @param {string} _text
   * @returns {Bound | null | undefined}
   */
  toHigh(_text) {
    return null
  }

  /** @param {string} trouble */
  say(trouble) {
    part(this.range, ".trouble").textContent = trouble
    for (const input of [this.low, this.high]) input.setAttribute("aria-invalid", String(Boolean(trouble)))
  }

  draw() {
    super.draw()
    const [low, high] = this.bounds
    const signature = JSON.stringify(this.bounds)
    if (this.signature !== signature) {
      this.signature = signature
      this.low.value = this.lowText(low)
      this.high.value = this.highText(high)
      this.say("")
    }
    for (const { button, bounds } of this.presets) button.setAttribute("aria-pressed", String(this.is(bounds)))
  }
}

/**
 * Whole numbers.
 * @extends {RangeGroup<number, NumberField>}
 */
class NumberRange extends RangeGroup {
  /** @returns {Bounds<number>} */
  get bounds() {
    return this.panel.where.ranges[this.options.field]
  }

  set bounds(bounds) {
    this.panel.where.ranges[this.options.field] = bounds
  }

  /** @param {number | null} bound */
  lowText(bound) {
    return bound === null ? "" : String(bound)
  }

  /** @param {number | null} bound */
  highText(bound) {
    return bound === null ? "" : this.lowText(Math.max(0, bound - 1))
  }

  /** @param {string} text */
  toLow(text) {
    const digits = text.replace(/[\s,]|px/gi, "")
    if (!digits) return null
    return /^\d{1,9}$/.test(digits) ? Number(digits) : undefined
  }

  /** @param {string} text */
  toHigh(text) {
    const last = this.toLow(text)
    return typeof last === "number" ? last + 1 : last
  }
}

export class Pixels extends NumberRange {
  hint = "Type a number of pixels."

  /**
   * @param {Panel} panel
   * @param {RangeOptions<NumberField, number>} options
   */
  constructor(panel, options) {
    super(panel, options)
    for (const input of [this.low, this.high]) Object.assign(input, { inputMode: "numeric", placeholder: "px" })
  }
}

export class Bytes extends NumberRange {
  hint = "Type a size, such as 500 kB or 2 MB."

  /**
   * @param {Panel} panel
   * @param {RangeOptions<NumberField, number>} options
   */
  constructor(panel, options) {
    super(panel, options)
    for (const input of [this.low, this.high]) input.placeholder = "MB"
  }

  /** @param {number | null} bound */
  lowText(bound) {
    return bound === null ? "" : fileSize(bound)
  }

  /** @param {string} text */
  toLow(text) {
    if (!text.trim()) return null
    const match = /^\s*(\d{1,9}(?:[.,]\d{1,6})?)\s*(bytes?|b|kb?|mb?|gb?)?\s*$/i.exec(text)
    if (!match) return undefined
    const unit = UNITS[(match[2] ?? "m").charAt(0).toLowerCase()]
    return Math.round(Number(match[1].replace(",", ".")) * unit)
  }
}
