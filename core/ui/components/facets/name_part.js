// A group of the panel in which a part of the file name is typed.

import { part } from "../shared/base.js"
import { Group } from "./group.js"

/** @import { GroupOptions, Panel } from "./types.d.ts" */

export class NamePart extends Group {
  name = "" // as it was painted

  /**
   * @param {Panel} panel
   * @param {GroupOptions} options
   */
  constructor(panel, options) {
    super(panel, options)
    this.body.append(panel.template("text"))
    this.input = part(this.body, "input", HTMLInputElement)
    this.input.setAttribute("aria-label", this.title)
    const read = () => this.set(this.input.value.trim())
    this.input.addEventListener("change", read)
    this.input.addEventListener("search", read) // the cross in the field, which fires no change
  }

  get active() {
    return this.panel.where.name ? 1 : 0
  }

  clear() {
    this.panel.where.name = ""
  }

  /** @param {string} text */
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
