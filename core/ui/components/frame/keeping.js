// The collection stays in the URL, whatever page is gone to: the links between pages are Streamlit's, which writes none of
// our parameters into them (docs/upstream.md).

import { collection, ofCollection } from "../shared/routes.js"

const kept = collection()

/** Once for each document: a collection is chosen with it. */
export function keepCollection() {
  if (!kept || "imageSearchKeeps" in history) return
  Object.defineProperty(history, "imageSearchKeeps", { value: true })
  for (const name of /** @type {const} */ (["pushState", "replaceState"])) {
    const write = history[name].bind(history)
    history[name] = (state, unused, url) => write(state, unused, url == null ? url : named(String(url)))
  }
}

/** @param {string} url */
function named(url) {
  const address = new URL(url, location.href)
  return address.searchParams.has("collection") ? url : ofCollection(address.href, kept)
}
