// What is known of a picture's file, as terms with their values.

import { element } from "../../shared/base.js"
import { inWords } from "../../shared/duplicate_words.js"
import { fileSize } from "../../shared/format.js"

/** @import { Item, Known } from "../types.d.ts" */
/** @typedef {[term: string, value: string | HTMLElement]} Fact */

const PAGED = ["TIFF", "PDF", "MPO"]

/**
 * @param {Known} item
 * @returns {Fact[]}
 */
export function facts(item) {
  const { collection, format = "", size, taken_at: taken, camera, lens, gps, frames = 1, folder, colours, splits } = item
  const { classes, clusters, quality, duplicates } = item
  /** @type {[term: string, value: string | HTMLElement | false | null | undefined][]} */
  const all = [
    ["Dimensions", dimensions(item)],
    ["File", [format, size && fileSize(size)].filter(Boolean).join(" · ")],
    ["Taken", taken && moment(taken)],
    ["Camera", camera],
    ["Lens", lens],
    ["Place", gps && degrees(gps)],
    [PAGED.includes(format) ? "Pages" : "Frames", frames > 1 && `${frames}, the first is searched`],
    ["Colours", colours?.length ? swatches(colours) : null],
    ["Split", splits?.join(", ")],
    ["Class", classes?.join(", ")],
    ["Cluster", clusters?.join(", ")],
    ["Quality", quality?.join(", ")],
    ["Duplicates", duplicates && inWords(duplicates)],
    ["Collection", collection],
    ["Folder", folder],
  ]
  return all.flatMap(([term, value]) => (value ? [/** @type {Fact} */ ([term, value])] : []))
}

/** @param {Pick<Known, "width" | "height" | "format" | "size">} item */
export function inShort({ width, height, format, size }) {
  return [width && `${width} × ${height}`, format, size && fileSize(size)].filter(Boolean).join(" · ")
}

/** @param {Pick<Known, "width" | "height">} item */
export function dimensions({ width, height }) {
  if (!width || !height) return ""
  const megapixels = (width * height) / 1e6
  return `${width} × ${height} px · ${megapixels.toFixed(megapixels < 0.95 ? 2 : 1)} MP`
}

/**
 * By the camera's clock, without a time zone: not to be moved into the visitor's.
 * @param {string} taken
 */
export function moment(taken) {
  const date = new Date(`${taken.slice(0, 19)}Z`)
  if (Number.isNaN(date.getTime())) return taken
  const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })
  return `${day}, ${taken.slice(11, 16)}`
}

/** @param {[latitude: number, longitude: number]} gps */
export function degrees([latitude, longitude]) {
  return `${inDegrees(latitude, "N", "S")}, ${inDegrees(longitude, "E", "W")}`
}

/**
 * @param {number} value
 * @param {string} positive
 * @param {string} negative
 */
function inDegrees(value, positive, negative) {
  return `${Math.abs(value).toFixed(4)}° ${value < 0 ? negative : positive}`
}

/** @param {Item["colours"]} colours */
function swatches(colours) {
  const names = colours.map(([rgb]) => rgb).join(", ")
  const strip = element("span", { class: "swatches", role: "img", "aria-label": names })
  for (const [rgb, share] of colours) {
    const swatch = element("i", { title: `${rgb} · ${Math.round(share * 100)} %` })
    swatch.style.background = rgb
    swatch.style.flexGrow = String(share)
    strip.append(swatch)
  }
  return strip
}

/** @param {Fact} fact */
export function termAndValue([term, value]) {
  const described = element("dd")
  described.append(value)
  return [element("dt", {}, term), described]
}

/**
 * May break after each separator; what is copied by hand stays as it is.
 * @param {string} path
 */
export function breakable(path) {
  return path.split(/(?<=[/\\])/).flatMap(step => [step, document.createElement("wbr")])
}

/**
 * On plain HTTP from another machine there is no clipboard: then the text is selected for the visitor to copy.
 * @param {string} text
 * @param {HTMLElement} shownIn
 */
export async function copy(text, shownIn) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    getSelection()?.selectAllChildren(shownIn)
    return false
  }
}
