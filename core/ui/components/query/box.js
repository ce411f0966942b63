// The box holds the words and the filter as they are typed. Only Python reads and writes that language: what it says
// comes into the box, unless the visitor is at work there on something newer.

import { focusedBeside } from "../shared/base.js"
import { isTyped } from "./chips/parts.js"

/** @import { Part, TypedPart } from "./types.d.ts" */

export class Box {
  text = "" // what it held when it last said the same as the chips
  said = "" // what Python said last
  quiet = false // whether the focus comes by itself

  /** @param {HTMLInputElement} input */
  constructor(input) {
    this.input = input
  }

  get typed() {
    return this.input.value.trim()
  }

  get isNewer() {
    return this.typed !== this.text
  }

  get isFocused() {
    return focusedBeside(this.input) === this.input
  }

  /** @param {string} text */
  follow(text) {
    if (text !== this.said && !(this.isFocused && this.isNewer)) this.input.value = text
    this.said = this.text = text
  }

  /**
   * From here on the box says this, whether Python's answer comes or the visitor has gone back before.
   * @param {string} text
   */
  submit(text) {
    this.said = this.text = text.trim()
    return this.text
  }

  reset() {
    if (this.isNewer) this.input.value = this.text
  }

  /**
   * A part's text is marked: typing replaces it, Enter runs what stands there then.
   * @param {Part[]} parts
   * @param {TypedPart} wanted
   */
  mark(parts, wanted) {
    let [from, at] = [0, -1]
    for (const part of parts.filter(isTyped)) {
      at = this.input.value.indexOf(part.text, from)
      if (part === wanted) break
      if (at >= 0) from = at + part.text.length
    }
    this.input.focus()
    if (at >= 0) this.input.setSelectionRange(at, at + wanted.text.length)
    else this.input.select()
  }

  // Without being taken for the visitor's own coming. On a touch screen the keyboard would cover the results.
  focus() {
    this.quiet = true
    if (matchMedia("(hover: hover)").matches) this.input.focus()
    else this.input.blur()
    this.quiet = false
  }
}
