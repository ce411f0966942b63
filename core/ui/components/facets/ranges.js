// The groups of the panel in which something is typed: numbers, and a part of the name.

import { element } from "../shared/base.js"
import { fileSize } from "../shared/format.js"
import { Group } from "./groups.js"

// Two fields and some usual ranges. A range of the filter begins with its first bound and ends before its second; the
// field says the last value that is in it. Values are whole numbers unless a kind of range says otherwise.
export class Range extends Group {
  hint = "Type a number."

  constructor(panel, options) {
    super(panel, options)
    this.range = panel.template("range")
    this.range.setAttribute("aria-label", this.title)
    this.body.append(this.range)
    this.low = this.range.querySelector(".low")
    this.high = this.range.querySelector(".high")
    this.low.onchange = () => this.read()
    this.high.onchange = () => this.read()
    for (const [name, low, high] of this.presets ?? []) this.addPreset(name, low, high)
  }

  addPreset(name, low, high) {
    const button = element("button", { type: "button", class: "preset" }, name)
    button.bounds = [low, high]
    button.onclick = () => this.set(this.is(button.bounds) ? [null, null] : button.bounds)
    this.range.querySelector(".presets").append(button)
  }

  get bounds() {
    return this.panel.where.ranges[this.field]
  }

  get active() {
    return this.bounds.some(bound => bound !== null) ? 1 : 0
  }

  /** @param {any[]} bounds */
  is([low, high]) {
    return this.bounds[0] === low && this.bounds[1] === high
  }

  clear() {
    this.panel.where.ranges[this.field] = [null, null]
  }

  /** @param {any[]} bounds */
  set([low, high]) {
    this.panel.where.ranges[this.field] = [low, high]
    this.change(`${this.title} ${low === null && high === null ? "no longer limited" : "limited"}`)
  }

  // What was typed. A bound that was left alone stays as it is: it may be finer than the field shows.
  read() {
    const [low, high] = this.bounds
    const typed = [
      this.low.value === this.lowText(low) ? low : this.toLow(this.low.value),
      this.high.value === this.highText(high) ? high : this.toHigh(this.high.value),
    ]
    const unread = typed.includes(undefined)
    const empty = !unread && typed[0] !== null && typed[1] !== null && typed[0] >= typed[1]
    this.say(unread ? this.hint : empty ? "This range ends before it begins." : "")
    if (!unread && !empty && !this.is(typed)) this.set(typed)
  }

  lowText(bound) {
    return bound === null ? "" : String(bound)
  }

  highText(bound) {
    return bound === null ? "" : this.lowText(Math.max(0, bound - 1))
  }

  // Null where nothing is typed, undefined where it cannot be read; likewise the next.
  /** @returns {number | string | null | undefined} */
  toLow(text) {
    const digits = text.replace(/[\s,]|px/gi, "")
    if (!digits) return null
    return /^\d{1,9}$/.test(digits) ? Number(digits) : undefined
  }

  /** @returns {number | string | null | undefined} */
  toHigh(text) {
    const last = this.toLow(text)
    return typeof last === "number" ? last + 1 : last
  }

  say(trouble) {
    this.range.querySelector(".trouble").textContent = trouble
    for (const input of [this.low, this.high]) input.setAttribute("aria-invalid", Boolean(trouble))
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
    for (const preset of this.range.querySelectorAll(".preset")) {
      preset.setAttribute("aria-pressed", this.is(preset.bounds))
    }
  }
}

export class Pixels extends Range {
  hint = "Type a number of pixels."

  constructor(panel, options) {
    super(panel, options)
    for (const input of [this.low, this.high]) Object.assign(input, { inputMode: "numeric", placeholder: "px" })
  }
}

export class Bytes extends Range {
  hint = "Type a size, such as 500 kB or 2 MB."

  constructor(panel, options) {
    super(panel, options)
    for (const input of [this.low, this.high]) input.placeholder = "MB"
  }

  lowText(bound) {
    return bound === null ? "" : fileSize(bound)
  }

  toLow(text) {
    if (!text.trim()) return null
    const match = /^\s*(\d{1,9}(?:[.,]\d{1,6})?)\s*(bytes?|b|kb?|mb?|gb?)?\s*$/i.exec(text)
    if (!match) return undefined
    const unit = { b: 1, k: 1e3, m: 1e6, g: 1e9 }[(match[2] ?? "m").charAt(0).toLowerCase()]
    return Math.round(Number(match[1].replace(",", ".")) * unit)
  }
}

export class NamePart extends Group {
  constructor(panel, options) {
    super(panel, options)
    this.body.append(panel.template("text"))
    this.input = this.find("input")
    this.input.setAttribute("aria-label", this.title)
    this.input.onchange = () => this.set(this.input.value.trim())
    // The cross in the field, which fires no change.
    this.input.onsearch = () => this.set(this.input.value.trim())
  }

  get active() {
    return this.panel.where.name ? 1 : 0
  }

  clear() {
    this.panel.where.name = ""
  }

  set(text) {
    if (text === this.panel.where.name) return
    this.panel.where.name = text
    this.change(text ? `Name contains ${text}` : "Name no longer limited")
  }

  draw() {
    super.draw()
    if (this.name === this.panel.where.name) return
    this.name = this.panel.where.name
    this.input.value = this.name
  }
}
