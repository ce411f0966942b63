// What is set aside, to be taken away: as a table, or as a script that moves or removes the files.

import { element } from "../../shared/base.js"
import { Floating } from "../../shared/floating.js"
import { fileSize, plural } from "../../shared/format.js"
import { below, withParameter } from "../../shared/routes.js"

/** @import { DuplicatesData, Summary } from "../types.d.ts" */

export class Takeaway {
  /**
   * @param {HTMLElement} opener
   * @param {HTMLElement} box
   */
  constructor(opener, box) {
    this.opener = opener
    this.box = box
    this.floating = new Floating(box)
    opener.onclick = () => (this.floating.open ? this.floating.close() : this.open())
  }

  /**
   * @param {Summary} summary
   * @param {DuplicatesData} data
   */
  show({ set_aside: count, freed }, { routes, search, decides }) {
    this.opener.hidden = !count
    const title = `${plural(count, "picture")} set aside · ${fileSize(freed)}`
    this.opener.title = title
    const url = withParameter(below(routes.duplicates, "export"), "format", "")
    const parts = [element("h2", {}, title), link("Show them in the search", search, {})]
    const script = "The script is yours to read and run: the app touches no file."
    const taken = [
      link("Table (CSV)", `${url}csv`, { download: "" }),
      this.moving(`${url}move`),
      link("Script that removes the files", `${url}remove`, { download: "" }),
      element("p", { class: "hint" }, script),
    ]
    this.box.replaceChildren(...parts, ...(decides ? taken : []))
    if (!count) this.floating.close()
  }

  /** @param {string} url */
  moving(url) {
    const form = element("form", { class: "moving" })
    const label = element("label", {}, "Script that moves the files to")
    const field = element("input", { name: "target", placeholder: "/pictures/set aside", autocomplete: "off", spellcheck: false })
    label.append(field)
    const button = element("button", { type: "submit", class: "button" }, "Download")
    form.append(label, button)
    form.onsubmit = event => {
      event.preventDefault()
      if (!field.value.trim()) return field.focus()
      const taken = link("", withParameter(url, "target", field.value.trim()), { download: "" })
      taken.click()
    }
    return form
  }

  open() {
    this.floating.show(this.opener)
    this.box.querySelector("a")?.focus()
  }
}

/**
 * @param {string} text
 * @param {string} url
 * @param {Record<string, string>} attributes
 */
function link(text, url, attributes) {
  return element("a", { class: "menu-link", href: url, ...attributes }, text)
}
