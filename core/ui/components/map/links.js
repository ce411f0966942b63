// Links to the search page: followed within the page, where Streamlit shows the other without loading itself anew; with
// a key held, or in another tab, they are links like all others.

import { follow } from "../shared/links.js"

/** @typedef {(parameters: string) => void} Go */

/**
 * @param {HTMLAnchorElement} link
 * @param {string} page Its URL.
 * @param {string} parameters Of a search, as URLs have them.
 * @param {Go} go
 */
export function leads(link, page, parameters, go) {
  link.href = `${page}${page.includes("?") ? "&" : "?"}${parameters}`
  follow(link, () => go(parameters))
}

/**
 * @param {string} name
 * @param {string} value
 */
export function parameter(name, value) {
  return `${name}=${encodeURIComponent(value)}`
}
