// What a filter may go on with, offered while it is typed: after a blank the keys, after `label:` the values.

import { closest, element } from "../shared/base.js"
import { Floating } from "../shared/floating.js"
import { quoted } from "../shared/format.js"

/** @import { Completions, Option } from "./types.d.ts" */

const OFFERED = 60 // options; the list scrolls
const VALUE_SO_FAR = /(?:^|[\s(])[-−]?(\p{L}+):(?:(?:"[^"]*"|[^\s",]*),)*("[^"]*|[^\s",]*)$/u
const KEY_SO_FAR = /(^|[\s(])[-−]?(\p{L}+)$/u

export class Completion {
  /** @type {Completions} */
  keys = {}
  /** @type {Option[]} */
  options = []
  at = -1 // the option that is marked

  /**
   * @param {HTMLInputElement} box
   * @param {HTMLElement} list
   * @param {HTMLElement} field The list opens below it.
   */
  constructor(box, list, field) {
    this.box = box
    this.list = list
    this.field = field
    this.floating = new Floating(list, { closed: () => this.forget() })
    list.onpointerdown = event => event.preventDefault() // the box keeps the focus
    list.onclick = event => this.accept(this.options[[...list.children].findIndex(one => one === closest(event, "li"))])
    for (const leaving of ["blur", "pointerdown"]) box.addEventListener(leaving, () => this.floating.close())
  }

  get caret() {
    return this.box.selectionStart ?? this.box.value.length
  }

  suggest() {
    const before = this.box.value.slice(0, this.caret)
    this.options = offers(before, this.keys)
    this.at = -1
    if (!this.options.length) return this.floating.close()
    this.list.replaceChildren(...this.options.map(optionOf))
    this.mark()
    this.floating.show(this.field, { opener: this.box })
  }

  /**
   * Whether the key was meant for the list.
   * @param {KeyboardEvent} event
   */
  onKey(event) {
    if (!this.floating.open || event.isComposing) return false
    const { key } = event
    const count = this.options.length
    const chosen = this.chosen(key)
    if (key === "ArrowDown") this.at = (this.at + 1) % count
    else if (key === "ArrowUp") this.at = (Math.max(this.at, 0) + count - 1) % count
    else if ((key === "Enter" || key === "Tab") && chosen) this.accept(chosen)
    else return this.leave(key)
    event.preventDefault()
    this.mark()
    return true
  }

  /**
   * What is offered goes on from where the caret was.
   * @param {string} key
   */
  leave(key) {
    if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) this.floating.close()
    return false
  }

  /**
   * Enter runs the search unless an option is marked. A value half typed goes on by Tab alone, as in a shell.
   * @param {string} key
   */
  chosen(key) {
    const first = this.options[0]
    return this.options[this.at] ?? (key === "Tab" && first?.isValue ? first : undefined)
  }

  /** @param {Option | undefined} option */
  accept(option) {
    if (!option) return
    this.box.setRangeText(option.insert, option.start, this.caret, "end")
    this.box.dispatchEvent(new Event("input"))
  }

  mark() {
    const options = [...this.list.children]
    for (const [at, option] of options.entries()) option.setAttribute("aria-selected", String(at === this.at))
    const marked = options[this.at]
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

/**
 * @param {string} before What stands before the caret.
 * @param {Completions} keys
 * @returns {Option[]}
 */
export function offers(before, keys) {
  const value = VALUE_SO_FAR.exec(before)
  if (value) return valueOffers(before, value[2], keys[value[1].toLowerCase()] ?? [])
  const [, start, typed] = KEY_SO_FAR.exec(before) ?? [null, "", ""]
  // Every search begins with some word: there a key must be meant more clearly.
  if (typed.length < (start ? 2 : 3)) return []
  const fitting = Object.keys(keys).filter(key => key.startsWith(typed.toLowerCase()))
  return fitting.map(key => ({ label: `${key}:`, insert: `${key}:`, start: before.length - typed.length }))
}

/**
 * Values that begin with what is typed, then those that hold it. One that is typed in full has nothing to offer.
 * @param {string} before
 * @param {string} typed
 * @param {string[]} values
 * @returns {Option[]}
 */
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

/**
 * @param {Option} option
 * @param {number} at
 */
function optionOf({ label }, at) {
  return element("li", { role: "option", id: `completion-${at}` }, label)
}
