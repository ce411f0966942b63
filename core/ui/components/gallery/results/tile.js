// What a tile shows of its picture.

import { element, finder, part } from "../../shared/base.js"
import { isSetAside } from "../../shared/duplicate_words.js"
import { below } from "../../shared/routes.js"
import { BANDS, feedback, isDivided, matches, matchWords, special, twoDecimals } from "./matching.js"

/** @import { Known, Routes, Search, Tile } from "../types.d.ts" */

const ELONGATED = 2.4 // from this ratio of sides on, a 4:3 crop would hide too much

/**
 * An empty one.
 * @param {HTMLElement} template
 * @param {Known} item
 * @returns {Tile}
 */
export function newTile(template, item) {
  const copy = /** @type {HTMLElement} */ (template.cloneNode(true))
  return Object.assign(copy, { item, at: -1, search: null, signature: "" })
}

/**
 * Nothing is touched where nothing has changed.
 * @param {Tile} tile
 * @param {Known} item
 * @param {number} at Its place among all results.
 * @param {{ search: Search | null, routes: Routes }} context
 */
export function fill(tile, item, at, { search, routes }) {
  if (tile.item === item && tile.at === at && tile.search === search) return // of the pages before
  const signature = JSON.stringify([item, at, feedback(item, search)])
  Object.assign(tile, { item, at, search })
  if (tile.signature === signature) return
  tile.signature = signature
  tile.dataset.id = item.id
  const find = finder(tile)
  find(".rank").textContent = item.score == null ? "" : String(at + 1)
  find(".name").textContent = find(".missing span").textContent = nameOf(item)
  find(".name").title = item.path
  find(".score").textContent = item.score == null ? "" : twoDecimals(item.score)
  nameTile(tile)
  find(".pick").setAttribute("aria-label", `Select ${item.name}`)
  find(".touch-menu").setAttribute("aria-label", `Actions on ${item.name}`)
  tile.classList.toggle("unmatched", !matches(item) && isDivided(search)) // else there is no line below the matches
  tile.classList.toggle("elongated", isElongated(item))
  tile.classList.toggle("aside", isSetAside(item))
  fillBand(tile, item)
  fillCount(find(".count"), item)
  fillMark(find(".mark"), feedback(item, search))
  setImage(tile, find("img", HTMLImageElement), below(routes.thumbnails, item.content_hash))
}

/**
 * Where several collections are searched, with the one that it is in.
 * @param {Known} item
 */
function nameOf({ collection, name }) {
  return collection ? `${collection} · ${name}` : name
}

/** @param {Known} item */
function isElongated({ width, height }) {
  const ratio = width && height ? width / height : 1
  return ratio > ELONGATED || ratio < 1 / ELONGATED
}

/**
 * @param {Tile} tile
 * @param {Known} item
 */
function fillBand(tile, item) {
  const { band, strength } = item
  tile.dataset.band = band ?? ""
  part(tile, ".word").textContent = special(item) || (band ? BANDS[band] : "")
  part(tile, ".bar").style.setProperty("--strength", String(strength ?? 0))
}

/**
 * @param {HTMLElement} button
 * @param {Known} item
 */
function fillCount(button, { name, count = 1 }) {
  button.hidden = count < 2
  button.textContent = `×${count}`
  button.title = `${count} of the same (D)`
  button.setAttribute("aria-label", `${count} of the same: show what is in the stack of ${name}`)
}

/**
 * @param {HTMLElement} mark
 * @param {"more" | "less" | ""} kind
 */
function fillMark(mark, kind) {
  mark.hidden = !kind
  mark.dataset.kind = kind
  part(mark, "use", SVGElement).setAttribute("href", `#i-${kind}`)
}

/**
 * @param {Tile} tile
 * @param {HTMLImageElement} image
 * @param {string} url
 */
function setImage(tile, image, url) {
  if (image.getAttribute("src") === url) return
  tile.classList.remove("broken")
  image.src = url
}

/**
 * What is read out when the tile gets the focus.
 * @param {Tile} tile
 */
export function nameTile(tile) {
  const { score, count = 1 } = tile.item
  const name = nameOf(tile.item)
  const said = [score == null ? name : `${tile.at + 1}. ${name}`]
  const matched = matchWords(tile.item)
  if (matched) said.push(matched.toLowerCase())
  if (score != null) said.push(`similarity ${twoDecimals(score)}`)
  if (count > 1) said.push(`${count} of the same in a stack`)
  if (isSetAside(tile.item)) said.push("set aside")
  if (tile.classList.contains("selected")) said.push("selected")
  part(tile, ".open").setAttribute("aria-label", said.join(", "))
}

/**
 * A smaller image of one, wherever it stands: in a strip, in a stack.
 * @param {Pick<Known, "content_hash">} item
 * @param {Routes} routes
 */
export function thumbnail({ content_hash }, routes) {
  const image = element("img", { alt: "", loading: "lazy", decoding: "async", draggable: false })
  image.src = below(routes.thumbnails, content_hash)
  return image
}
