// The buttons and icons of the search bar.

import { element } from "../../shared/base.js"

export const CHIP_ICONS = {
  words: "M5 7V5h14v2M12 5v14M9 19h6",
  filter: "M4 5h16l-6.5 7.5V19l-3-1.5v-5z",
  remove: "M7 7l10 10M17 7L7 17",
  crop: "M7 3v14h14M3 7h14v14",
  more: "M12 6v12M6 12h12",
  less: "M6 12h12",
}

/**
 * @param {string} kind
 * @param {string} label What is read out, where that is not the text.
 * @param {string} title
 */
export function button(kind, label, title) {
  const attributes = { type: "button", class: kind, title }
  return element("button", label ? { ...attributes, "aria-label": label } : attributes)
}

/**
 * @param {string} path As SVG writes it.
 * @param {string} [kind]
 */
export function icon(path, kind = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  made.setAttribute("viewBox", "0 0 24 24")
  made.setAttribute("class", kind)
  made.setAttribute("aria-hidden", "true")
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path")
  line.setAttribute("d", path)
  made.append(line)
  return made
}
