// When pictures were taken: years with their counts, and two dates below them.

import { CHANGED } from "./choices.js"
import { Dates } from "./dates.js"
import { Listed } from "./listed.js"

/** @import { Action } from "./choices.js" */
/** @import { ChoiceState, Groups, ListOptions, Panel } from "./types.d.ts" */
/** @typedef {[first: number, last: number]} Span Of years. */

const MOST_YEARS = 20 // of which all are shown

/** @extends {Listed<ListOptions<"taken">>} */
export class Taken extends Listed {
  /** @type {Map<number, number>} */
  years = new Map() // how many pictures each has

  /**
   * @param {Panel} panel
   * @param {ListOptions<"taken">} options
   */
  constructor(panel, options) {
    super(panel, options)
    this.dates = new Dates(panel, options)
    this.body.append(this.dates.range)
  }

  get part() {
    return this.panel.where
  }

  get active() {
    return this.dates.active + this.part.years.length
  }

  get present() {
    return this.years.size > 0 || this.active > 0
  }

  clear() {
    this.dates.clear()
    this.part.years = []
  }

  /**
   * @param {Groups} groups
   * @param {boolean} fresh
   */
  show(groups, fresh) {
    const known = fresh ? [] : [...this.years.keys()]
    this.years = new Map(known.map(year => [year, 0]))
    for (const [year, count] of groups.year ?? []) this.years.set(Number(year), count)
  }

  /**
   * The first and the last year where the dates are those of whole years, else null.
   * @returns {Span | null}
   */
  get span() {
    const [from, before] = this.dates.bounds.map(bound => (bound === null ? undefined : wholeYear(bound)))
    if (!this.dates.active || from === null || before === null) return null
    const years = [...this.years.keys()]
    const first = from ?? Math.min((before ?? Infinity) - 1, ...years)
    return [first, before === undefined ? Math.max(first, ...years) : before - 1]
  }

  /**
   * @param {Action} action
   * @param {string} value
   */
  act(action, value) {
    const year = Number(value)
    const excluded = this.part.years.includes(year)
    this.part.years = this.part.years.filter(other => other !== year)
    if (action === "exclude" && !excluded) this.part.years.push(year)
    else if (action === "choose" && !excluded) this.dates.setYears(stretched(this.span, year))
    this.change(`${year} ${CHANGED[this.state(year)]}`)
  }

  /**
   * @param {number} year
   * @returns {ChoiceState}
   */
  state(year) {
    if (this.part.years.includes(year)) return "out"
    const { span } = this
    return span && year >= span[0] && year <= span[1] ? "in" : ""
  }

  draw() {
    super.draw()
    const shown = new Map([...this.part.years, ...yearsOf(this.span)].map(year => [year, 0]))
    for (const [year, count] of this.years) shown.set(year, count)
    const most = Math.max(1, ...this.years.values())
    const years = [...shown].sort(([one], [other]) => other - one)
    this.list(
      years.map(([year, count]) => ({
        value: String(year),
        name: String(year),
        count,
        state: this.state(year),
        share: count / most,
      })),
    )
    this.dates.paint()
  }
}

/**
 * All of a decade or two; of more only the ends.
 * @param {Span | null} span
 * @returns {number[]}
 */
export function yearsOf(span) {
  if (!span) return []
  const [first, last] = span
  return last - first > MOST_YEARS ? span : Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at)
}

/**
 * A year that is chosen joins the others up to it; one at an end leaves them, one between stands alone.
 * @param {Span | null} span
 * @param {number} year
 * @returns {Span | null}
 */
export function stretched(span, year) {
  if (!span) return [year, year]
  const [first, last] = span
  if (year < first || year > last) return [Math.min(first, year), Math.max(last, year)]
  if (first === last) return null
  if (year === first) return [first + 1, last]
  return year === last ? [first, last - 1] : [year, year]
}

/** @param {string} moment */
export function wholeYear(moment) {
  const match = /^(\d{4})-01-01T00:00:00$/.exec(moment)
  return match && Number(match[1])
}
