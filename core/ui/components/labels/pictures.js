// Pictures as the parts of the page show them: small ones in a grid, and one with boxes over it.

import { element } from "../shared/base.js"
import { below } from "../shared/routes.js"

/** @import { Rect, Shown } from "./types.d.ts" */

const SVG = "http://www.w3.org/2000/svg"

/**
 * A thumbnail; what is said of it below is the caller's.
 * @param {Shown} picture
 * @param {string} thumbnails
 * @param {HTMLElement[]} [said]
 */
export function tile(picture, thumbnails, said = []) {
  const made = element("li", { class: "tile", "data-id": picture.id })
  const frame = element("div", { class: "frame" })
  frame.append(thumbnail(picture, thumbnails))
  made.append(frame, element("p", { class: "name", title: picture.path }, picture.name), ...said)
  return made
}

/**
 * @param {Shown} picture
 * @param {string} thumbnails
 */
export function thumbnail(picture, thumbnails) {
  const source = below(thumbnails, picture.content_hash)
  const image = element("img", { src: source, alt: picture.name, loading: "lazy", decoding: "async" })
  image.onerror = () => image.closest(".frame")?.classList.add("broken")
  return image
}

/**
 * A picture, as large as there is room, with boxes drawn over it.
 * @param {Shown} picture
 * @param {Rect[]} boxes
 * @param {string} images
 */
export function stage(picture, boxes, images) {
  const made = element("div", { class: "stage" })
  const image = element("img", { src: below(images, picture.content_hash), alt: picture.name, decoding: "async" })
  if (picture.width && picture.height) made.style.aspectRatio = `${picture.width} / ${picture.height}`
  made.append(image, overlay(boxes))
  return made
}

/** @param {Rect[]} boxes */
export function overlay(boxes) {
  const made = document.createElementNS(SVG, "svg")
  made.setAttribute("viewBox", "0 0 1 1")
  made.setAttribute("preserveAspectRatio", "none")
  made.setAttribute("aria-hidden", "true")
  made.setAttribute("class", "overlay")
  for (const { left, top, width, height } of boxes) {
    const rect = document.createElementNS(SVG, "rect")
    for (const [name, value] of Object.entries({ x: left, y: top, width, height })) rect.setAttribute(name, String(value))
    made.append(rect)
  }
  return made
}

/**
 * @param {string} words
 * @param {string} kind
 */
export function badge(words, kind = "") {
  return element("span", { class: `badge ${kind}`.trim() }, words)
}

/** @param {number} share */
export function percent(share) {
  const value = 100 * share
  return `${value > 0 && value < 1 ? value.toFixed(1) : Math.round(value)} %`
}
