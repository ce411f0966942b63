// What a filter may go on with, offered while it is typed: after a blank the keys, after `label:` the values.

import { element } from "../shared/base.js"
import { Floating } from "../shared/floating.js"
import { quoted } from "../shared/format.js"

const OFFERED = 60 // options; the list scrolls
const VALUE_SO_FAR = /(?:^|[\s(])[-−]?(\p{L}+):(?:(?:"[^"]*"|[^\s",]*),)*("[^"]*|[^\s",]*)$/u
const KEY_SO_FAR = /(^|[\s(])[-−]?(\p{L}+)$/u

export class Completion {
  box
  list
  field
  keys = {}
  options = []
  at = -1

  constructor(box, list, field) {
    Object.assign(this, { box, list, field })
    this.floating = new Floating(list, { closed: () => this.forget() })
    list.onpointerdown = event => event.preventDefault() // the box keeps the focus
    list.onclick = event => this.accept(this.options[[...list.children].indexOf(event.target.closest("li"))])
    for (const leaving of ["blur", "pointerdown"]) box.addEventListener(leaving, () => this.floating.close())
  }

  suggest() {
    const before = this.box.value.slice(0, this.box.selectionStart)
    this.options = offers(before, this.keys)
    this.at = -1
    if (!this.options.length) return this.floating.close()
    this.list.replaceChildren(...this.options.map(optionOf))
    this.mark()
    this.floating.show(this.field, { opener: this.box })
  }

  // Returns whether the key was meant for the list.
  onKey(event) {
    if (!this.floating.open || event.isComposing) return false
    const { key } = event
    const count = this.options.length
    if (key === "ArrowDown") this.at = (this.at + 1) % count
    else if (key === "ArrowUp") this.at = (Math.max(this.at, 0) + count - 1) % count
    else if ((key === "Enter" || key === "Tab") && this.chosen(key)) this.accept(this.chosen(key))
    else return this.leave(key)
    event.preventDefault()
    this.mark()
    return true
  }

  // What is offered goes on from where the caret was.
  leave(key) {
    if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) this.floating.close()
    return false
  }

  // Enter runs the search unless an option is marked. A value half typed goes on by Tab alone, as in a shell.
  chosen(key) {
    const first = this.options[0]
    return this.options[this.at] ?? (key === "Tab" && first?.isValue ? first : undefined)
  }

  accept(option) {
    if (!option) return
    const { box } = this
    box.setRangeText(option.insert, option.start, box.selectionStart, "end")
    box.dispatchEvent(new Event("input"))
  }

  mark() {
    ;[...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", at === this.at))
    const marked = this.list.children[this.at]
    marked?.scrollIntoView({ block: "nearest" })
    if (marked) this.box.setAttribute("aria-activedescendant", marked.id)
    else this.box.removeAttribute("aria-activedescendant")
  }

  forget() {
    this.options = []
    this.at = -1
    this.box.removeAttribute("aria-activedescendant")
  }
}

export function offers(before, keys) {
  const value = VALUE_SO_FAR.exec(before)
  if (value) return valueOffers(before, value[2], keys[value[1].toLowerCase()] ?? [])
  const [, start, typed] = KEY_SO_FAR.exec(before) ?? [null, "", ""]
  // Every search begins with some word: there a key must be meant more clearly.
  if (typed.length < (start ? 2 : 3)) return []
  const fitting = Object.keys(keys).filter(key => key.startsWith(typed.toLowerCase()))
  return fitting.map(key => ({ label: `${key}:`, insert: `${key}:`, start: before.length - typed.length }))
}

// Values that begin with what is typed, then those that hold it. One that is typed in full has nothing to offer.
function valueOffers(before, typed, values) {
  const wanted = typed.replace(/^"/, "").toLowerCase()
  /** @type {string[][]} */
  const [begin, hold] = [[], []]
  for (const value of values) {
    const at = value.toLowerCase().indexOf(wanted)
    if (at === 0) begin.push(value)
    else if (at > 0) hold.push(value)
  }
  const fitting = [...begin, ...hold]
  if (fitting.length === 1 && fitting[0].toLowerCase() === wanted) return []
  const start = before.length - typed.length
  return fitting.slice(0, OFFERED).map(value => ({ label: value, insert: `${quoted(value)} `, start, isValue: true }))
}

function optionOf({ label }, at) {
  return element("li", { role: "option", id: `completion-${at}` }, label)
}
