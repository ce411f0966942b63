// The groups of the panel: what they have in common, those that are lists, and those of plain values.

import { remember } from "../shared/base.js"
import { acted, Choices, stateIn } from "./choices.js"

const SHOWN = 8 // rows before "Show more"
const MORE = 40 // rows that it adds, and the most that are found by name
const SEARCHED = 12 // from more values than this on, they can be looked for by name

// What the arrow keys move between. What is typed into uses them itself, and what else a row has is on its keys.
const STOPS = "button:not(.exclude, .turn), .item, .find, .mode :checked"

// Stands for a field of the filter. `panel.where` is what is chosen; a group changes its part of it, then calls `change`.
export class Group {
  // The options that groups are made with.
  field
  title
  one
  open
  tree
  several
  marked
  presets

  constructor(panel, options) {
    Object.assign(this, options)
    this.panel = panel
    this.element = panel.template("group")
    this.find = selector => this.element.querySelector(selector)
    this.body = this.find(".body")
    this.body.id = `body-${this.field}`
    this.fold = this.find(".fold")
    this.fold.setAttribute("aria-controls", this.body.id)
    this.find(".title").textContent = this.title
    this.find(".reset").setAttribute("aria-label", `Reset ${this.title.toLowerCase()}`)
    this.fold.onclick = () => this.turn(!this.opened)
    this.find(".reset").onclick = () => this.reset()
    this.element.addEventListener("keydown", event => this.onArrow(event))
    this.element.addEventListener("focusin", ({ target }) => this.rove(target))
  }

  // One Tab stop for the whole group, where one was last in it.
  rove(target) {
    const stops = this.stops
    if (!stops.length) return
    const current = stops.find(stop => stop === target) ?? stops.find(stop => stop === this.current) ?? this.fold
    for (const stop of this.element.querySelectorAll(`${STOPS}, .mode input`)) stop.tabIndex = stop === current ? 0 : -1
    this.current = current
  }

  get stops() {
    return [...this.element.querySelectorAll(STOPS)].filter(stop => stop.getClientRects().length)
  }

  onArrow(event) {
    const stops = this.stops
    const at = stops.indexOf(event.target)
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey || !(event.key in moves)) return
    if (event.target.matches("input") && event.key.length < 5) return // Home and End belong to what is typed
    stops[moves[event.key]]?.focus()
    event.preventDefault()
  }

  get opened() {
    return this.panel.folds[this.field] ?? (this.open || this.active > 0)
  }

  turn(open) {
    this.panel.folds[this.field] = open
    remember("facets", this.panel.folds)
    this.paint()
  }

  reset() {
    this.clear()
    this.change(`${this.title} reset`)
    this.fold.focus() // the button that was pressed is gone
  }

  change(said) {
    this.panel.change(said)
  }

  // How many of its values are chosen or excluded.
  get active() {
    return 0
  }

  // Whether there is anything to choose.
  get present() {
    return true
  }

  clear() {}

  // `fresh` where the results are those of another search, not of a filter that was changed here.
  show(_groups, _fresh, _roots) {}

  paint() {
    this.draw()
    this.rove()
  }

  draw() {
    this.element.hidden = !this.present
    this.fold.setAttribute("aria-expanded", this.opened)
    this.body.hidden = !this.opened
    const badge = this.find(".badge")
    badge.hidden = !this.active
    badge.textContent = this.active
    badge.setAttribute("aria-label", `${this.active} set`)
    this.find(".reset").hidden = !this.active
  }
}

// A group whose values are rows, of which the first are shown.
export class Listed extends Group {
  limit = SHOWN

  constructor(panel, options) {
    super(panel, options)
    this.body.append(panel.template("list"))
    this.rows = this.find(".rows")
    this.finder = this.find(".find")
    const label = `Find a ${this.one ?? this.title.toLowerCase()}`
    this.finder.placeholder = label
    this.finder.setAttribute("aria-label", label)
    this.finder.oninput = () => this.paint()
    this.find(".more").onclick = () => this.extend(this.limit + MORE)
    this.find(".fewer").onclick = () => this.extend(SHOWN)
    this.choices = new Choices(this.rows, panel.template("row"), {
      role: this.tree ? "treeitem" : "checkbox",
      act: (action, value) => this.act(action, value),
      turn: (value, open) => this.branch(value, open),
    })
    this.rows.setAttribute("role", this.tree ? "tree" : "group")
    this.rows.setAttribute("aria-label", this.title)
    // Now nothing is in the way of the order any more.
    this.rows.addEventListener("pointerleave", ({ pointerType }) => pointerType === "touch" || this.paint())
    this.rows.addEventListener("focusout", ({ relatedTarget }) => {
      if (!this.rows.contains(relatedTarget)) queueMicrotask(() => this.paint())
    })
  }

  // `action`: "choose" or "exclude".
  act(_action, _value) {}

  branch(_value, _open) {}

  get sought() {
    return this.finder.hidden ? "" : this.finder.value.trim().toLowerCase()
  }

  extend(limit) {
    this.limit = limit
    this.paint()
    const { activeElement } = this.element.getRootNode()
    if (activeElement?.hidden) this.fold.focus() // the button that was pressed is gone
  }

  // All entries in order; those that are chosen are shown wherever they stand.
  list(entries, many = entries.length) {
    this.finder.hidden = many <= SEARCHED
    const limit = this.sought ? MORE : this.limit
    const found = this.sought ? entries.filter(({ name }) => name.toLowerCase().includes(this.sought)) : entries
    const shown = found.filter(({ state }, at) => at < limit || (state && !this.sought))
    this.choices.paint(shown)
    const rest = Math.min(MORE, found.length - shown.length)
    this.find(".none").hidden = found.length > 0 || !this.sought
    this.find(".more").hidden = !rest || Boolean(this.sought)
    this.find(".more").textContent = `Show ${rest.toLocaleString("en")} more`
    this.find(".fewer").hidden = this.limit === SHOWN || Boolean(this.sought)
  }
}

// The values of a text field. They keep their place, and those that no result has any more stay with a count of 0:
// they can still be chosen instead of, or beside, the one that narrowed the results.
export class Values extends Listed {
  known = []
  ranks = new Map()
  counts = new Map()

  constructor(panel, options) {
    super(panel, options)
    if (this.several) this.addMode()
  }

  // Of a field with several values, whether a picture must have one of the chosen, or all.
  addMode() {
    this.mode = this.panel.template("mode")
    this.mode.setAttribute("aria-label", `Which of several, ${this.title.toLowerCase()}`)
    for (const radio of this.mode.querySelectorAll("input")) {
      radio.name = `mode-${this.field}`
      radio.onchange = () => this.setMode(radio.value === "all")
    }
    this.find("h3").after(this.mode)
  }

  get part() {
    return this.panel.where.values[this.field]
  }

  get active() {
    return this.part.chosen.length + this.part.excluded.length
  }

  get present() {
    return this.known.length > 0
  }

  get all() {
    return this.part.all ?? this.wantsAll ?? false // of one value, the filter does not tell
  }

  setMode(all) {
    this.wantsAll = all
    this.part.all = all
    if (this.part.chosen.length > 1) this.change(`${all ? "All" : "Any"} of the chosen`)
    else this.paint()
  }

  show(groups, fresh) {
    this.counts = new Map(groups[this.field])
    const values = [...this.counts.keys()]
    this.known = fresh ? values : [...this.known, ...values.filter(value => !this.ranks.has(value))]
    this.ranks = new Map(this.known.map((value, at) => [value, at]))
  }

  act(action, value) {
    const part = acted(this.part, action, value)
    Object.assign(this.part, part, { all: this.all })
    const state = stateIn(part, value)
    this.change(`${value} ${{ in: "chosen", out: "excluded" }[state] ?? "no longer chosen"}`)
  }

  clear() {
    Object.assign(this.part, { chosen: [], excluded: [] })
  }

  draw() {
    this.settle()
    super.draw()
    this.list(this.known.map(value => this.entry(value)))
    if (!this.mode) return
    this.mode.hidden = !this.opened
    this.mode.classList.toggle("idle", this.part.chosen.length < 2)
    for (const radio of this.mode.querySelectorAll("input")) radio.checked = (radio.value === "all") === this.all
  }

  // Chosen values come first; not while the pointer is there.
  settle() {
    const active = [...this.part.chosen, ...this.part.excluded]
    this.known = [...active.filter(value => !this.known.includes(value)), ...this.known]
    if (this.choices.busy) return
    const place = value => (active.includes(value) ? -1 : (this.ranks.get(value) ?? this.ranks.size))
    this.known.sort((one, other) => place(one) - place(other))
  }

  entry(value) {
    return {
      value,
      name: this.marked ? value.charAt(0).toUpperCase() + value.slice(1) : value,
      count: this.counts.get(value) ?? 0,
      state: stateIn(this.part, value),
      mark: this.marked ? value : undefined,
    }
  }
}
