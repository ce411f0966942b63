// Two dates, between which pictures were taken.

import { RangeGroup } from "./ranges.js"

/** @import { Bounds, Panel, RangeOptions } from "./types.d.ts" */

const DAY = 24 * 60 * 60 * 1000 // milliseconds

const midnight = (/** @type {string} */ day) => `${day}T00:00:00`
const dayAt = (/** @type {number} */ milliseconds) => new Date(milliseconds).toISOString().slice(0, 10)

/** @extends {RangeGroup<string, "taken">} */
export class Dates extends RangeGroup {
  /**
   * @param {Panel} panel
   * @param {RangeOptions<"taken", string>} options
   */
  constructor(panel, options) {
    super(panel, options)
    for (const input of [this.low, this.high]) {
      Object.assign(input, { type: "date", min: "0001-01-01", max: "9998-12-31" })
      this.hear(input)
    }
  }

  /**
   * While somebody types a date, the field holds others on the way: the year 2 before the year 2024.
   * @param {HTMLInputElement} input
   */
  hear(input) {
    let typing = false
    input.onkeydown = ({ key }) => {
      typing = key !== "Enter"
      if (!typing) this.read()
    }
    input.onpointerdown = () => (typing = false)
    input.onchange = () => typing || this.read()
    input.onblur = () => this.read()
  }

  /** @returns {Bounds<string>} */
  get bounds() {
    return this.panel.where.ranges.taken
  }

  set bounds(bounds) {
    this.panel.where.ranges.taken = bounds
  }

  /**
   * Whole years, from the first to the last.
   * @param {[first: number, last: number] | null} span
   */
  setYears(span) {
    const start = (/** @type {number} */ year) => midnight(`${String(year).padStart(4, "0")}-01-01`)
    this.bounds = span ? [start(span[0]), start(span[1] + 1)] : [null, null]
  }

  /** @param {string | null} bound */
  lowText(bound) {
    return bound === null ? "" : bound.slice(0, 10)
  }

  /** @param {string | null} bound */
  highText(bound) {
    return bound === null ? "" : dayAt(Date.parse(`${bound.slice(0, 23)}Z`) - 1)
  }

  /** @param {string} text */
  toLow(text) {
    return text ? midnight(text) : null
  }

  /** @param {string} text */
  toHigh(text) {
    return text ? midnight(dayAt(Date.parse(`${text}T00:00:00Z`) + DAY)) : null
  }
}
