// When pictures were taken.

import { Listed } from "./groups.js"
import { Range } from "./ranges.js"

// Years with their counts, and two dates below them.
export class Taken extends Listed {
  years = new Map()

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

  show(groups, fresh) {
    const known = fresh ? [] : [...this.years.keys()].map(year => [year, 0])
    this.years = new Map([...known, ...(groups.year ?? []).map(([year, count]) => [Number(year), count])])
  }

  // The first and the last year where the dates are those of whole years, else null.
  get span() {
    const [from, before] = this.dates.bounds.map(bound => (bound === null ? undefined : wholeYear(bound)))
    if (!this.dates.active || from === null || before === null) return null
    const first = from ?? Math.min(before - 1, ...this.years.keys())
    return [first, before === undefined ? Math.max(first, ...this.years.keys()) : before - 1]
  }

  act(action, value) {
    const year = Number(value)
    const excluded = this.part.years.includes(year)
    this.part.years = this.part.years.filter(other => other !== year)
    if (action === "exclude" && !excluded) this.part.years.push(year)
    else if (action === "choose" && !excluded) this.dates.setYears(stretched(this.span, year))
    this.change(`${year} ${{ in: "chosen", out: "excluded" }[this.state(year)] ?? "no longer chosen"}`)
  }

  state(year) {
    if (this.part.years.includes(year)) return "out"
    const { span } = this
    return span && year >= span[0] && year <= span[1] ? "in" : ""
  }

  draw() {
    super.draw()
    const { span, part } = this
    /** @type {[number, number][]} */
    const pinned = [...part.years, ...yearsOf(span)].map(year => [year, 0])
    const most = Math.max(1, ...this.years.values())
    const years = [...new Map([...pinned, ...this.years])].sort(([one], [other]) => other - one)
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

// All of a decade or two; of more only the ends.
export function yearsOf(span) {
  if (!span) return []
  const [first, last] = span
  return last - first > 20 ? span : Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at)
}

// A year that is chosen joins the others up to it; one at an end leaves them, one between stands alone.
export function stretched(span, year) {
  if (!span) return [year, year]
  const [first, last] = span
  if (year < first || year > last) return [Math.min(first, year), Math.max(last, year)]
  if (first === last) return null
  if (year === first) return [first + 1, last]
  return year === last ? [first, last - 1] : [year, year]
}

export function wholeYear(moment) {
  const match = /^(\d{4})-01-01T00:00:00$/.exec(moment)
  return match && Number(match[1])
}

const midnight = day => `${day}T00:00:00`
const DAY = 24 * 60 * 60 * 1000

export class Dates extends Range {
  constructor(panel, options) {
    super(panel, options)
    for (const input of [this.low, this.high]) {
      Object.assign(input, { type: "date", min: "0001-01-01", max: "9998-12-31" })
      this.hear(input)
    }
  }

  // While somebody types a date, the field holds others on the way: the year 2 before the year 2024.
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

  setYears(span) {
    const year = number => midnight(`${String(number).padStart(4, "0")}-01-01`)
    this.panel.where.ranges[this.field] = span ? [year(span[0]), year(span[1] + 1)] : [null, null]
  }

  lowText(bound) {
    return bound === null ? "" : bound.slice(0, 10)
  }

  highText(bound) {
    return bound === null ? "" : new Date(Date.parse(`${bound.slice(0, 23)}Z`) - 1).toISOString().slice(0, 10)
  }

  toLow(text) {
    return text ? midnight(text) : null
  }

  toHigh(text) {
    return text ? midnight(new Date(Date.parse(`${text}T00:00:00Z`) + DAY).toISOString().slice(0, 10)) : null
  }
}
