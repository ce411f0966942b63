// Links to the search page: plain ones, which can be opened in a tab of their own, and which the page follows by itself.

import { element } from "./base.js"
import { collection, ofCollection } from "./routes.js"

/** @import { SearchParams } from "./types.d.ts" */

/**
 * Of this collection, where no other is named.
 * @param {SearchParams} params
 */
function searchUrl({ collection: named, ...params }) {
  const url = new URL(ofCollection("./", named ?? collection()))
  for (const [name, value] of Object.entries(params)) if (value) url.searchParams.set(name, value)
  return url.href
}

/**
 * @param {SearchParams} params
 * @param {(params: SearchParams) => void} open
 * @param {Record<string, string>} [attributes]
 * @param {string} [text]
 */
export function searchLink(params, open, attributes = {}, text = "") {
  const link = element("a", { href: searchUrl(params), ...attributes }, text)
  follow(link, () => open(params))
  return link
}

/**
 * Has a link followed within the page; with a key held, or in another tab, it is one like all others.
 * @param {HTMLAnchorElement} link
 * @param {() => void} go
 */
export function follow(link, go) {
  link.onclick = event => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    go()
  }
}
