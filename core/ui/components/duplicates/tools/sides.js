// "Which of these are already in …?": only the groups that have pictures on both sides.

import { element, finder } from "../../shared/base.js"
import { Floating } from "../../shared/floating.js"

/** @import { CollectionChoice } from "../types.d.ts" */

export class Sides {
  within = ""
  against = ""

  /**
   * @param {HTMLElement} opener
   * @param {HTMLElement} box
   * @param {() => void} changed
   */
  constructor(opener, box, changed) {
    this.opener = opener
    this.find = finder(box)
    this.changed = changed
    this.floating = new Floating(box)
    opener.onclick = () => (this.floating.open ? this.floating.close() : this.open())
    this.find("form").onsubmit = event => {
      event.preventDefault()
      this.set(this.input("within").value, this.input("against").value)
      this.leave()
    }
    this.find(".clear-sides").onclick = () => {
      this.set("", "")
      this.leave()
    }
  }

  /** @param {string} name */
  input(name) {
    return this.find(`[name=${name}]`, HTMLInputElement)
  }

  open() {
    this.input("within").value = this.within
    this.input("against").value = this.against
    this.floating.show(this.opener)
    this.input("within").focus()
  }

  leave() {
    this.floating.close()
    this.opener.focus()
  }

  /**
   * @param {string[]} folders
   * @param {CollectionChoice[]} collections
   */
  offer(folders, collections) {
    const links = collections.map(({ title, url }) => element("a", { class: "menu-link", href: url }, `Check pictures against ${title}`))
    this.find(".elsewhere").replaceChildren(...links)
    this.find("datalist").replaceChildren(...folders.map(folder => element("option", { value: folder })))
  }

  /**
   * @param {string} within
   * @param {string} against
   */
  set(within, against) {
    this.within = within.trim()
    this.against = against.trim()
    this.opener.classList.toggle("changed", Boolean(this.within || this.against))
    this.changed()
  }
}
