// Pictures side by side, each a link to a search with it.

import { element } from "./base.js"
import { searchLink } from "./links.js"
import { below } from "./routes.js"

/** @import { SearchParams, StripPicture } from "./types.d.ts" */

/**
 * @param {StripPicture[]} pictures
 * @param {{ thumbnails: string, open: (params: SearchParams) => void, label: string }} how
 */
export function strip(pictures, { thumbnails, open, label }) {
  const list = element("ul", { class: "strip", "aria-label": label })
  list.append(...pictures.map(picture => place(picture, thumbnails, open)))
  return list
}

/**
 * @param {StripPicture} picture
 * @param {string} thumbnails
 * @param {(params: SearchParams) => void} open
 */
function place(picture, thumbnails, open) {
  const { name, path, said, search } = picture
  const image = element("img", { alt: "", loading: "lazy", decoding: "async", draggable: "false" })
  image.onerror = () => link.classList.add("broken")
  image.src = below(thumbnails, picture.content_hash)
  const title = path ?? name
  const words = said ? `${name}, ${said}` : name
  const link = searchLink(search ?? { image: picture.content_hash }, open, { title, "aria-label": words })
  link.append(image, element("span", { class: "missing" }, name))
  if (said) link.append(element("span", { class: "said" }, said))
  const made = element("li", picture.dim ? { class: "dim" } : {})
  made.append(link)
  return made
}
