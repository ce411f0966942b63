// What is said of groups of duplicates.

import { fileSize, plural } from "../shared/format.js"

/** @import { Decided, Group, GroupPage, Level, Member, Reason, Standing } from "./types.d.ts" */

/** @type {Record<Level, { name: string, one: string, hint: string, none: string }>} */
export const LEVELS = {
  "same-bytes": {
    name: "Same file",
    one: "same file",
    hint: "Files with the same content, byte for byte.",
    none: "No file is here twice.",
  },
  "same-picture": {
    name: "Same picture",
    one: "same picture",
    hint: "Other sizes, formats and qualities; also brighter, mirrored, turned, framed or cropped.",
    none: "No picture is here in another size, format or form.",
  },
  "look-alike": {
    name: "Look-alikes",
    one: "look-alikes",
    hint: "Pictures that show nearly the same, such as shots of a series. Further left, more of them.",
    none: "No pictures look that much alike. Move the slider to the left to find more.",
  },
}

export const LEVEL_NAMES = /** @type {Level[]} */ (Object.keys(LEVELS))

/** @type {Record<Standing, string>} */
export const STANDINGS = { open: "To decide", decided: "Decided", all: "All" }

/** @type {Record<Reason, string>} */
export const REASONS = {
  resolution: "Most pixels",
  quality: "Best quality",
  labelled: "Labelled",
  tagged: "Tagged",
  folder: "Better folder",
  oldest: "Oldest",
}

/** @param {Pick<GroupPage, "total" | "records" | "gain">} page */
export function found({ total, records, gain }) {
  const counted = `${plural(total, "group")} · ${plural(records, "picture")}`
  return gain ? `${counted} · ${fileSize(gain)} could be freed` : counted
}

/** @param {Pick<GroupPage, "total" | "records" | "gain">} page */
export function question({ total, records, gain }) {
  const others = Math.max(0, records - total)
  const first = total === 1 ? "Keep the suggested picture of 1 group" : `Keep the suggested picture of each of ${plural(total, "group")}`
  const others_ = others === 1 ? "set the other one aside" : `set the ${others.toLocaleString("en")} others aside`
  return `${first}, and ${others_}? ${fileSize(gain)} could then be freed.`
}

/** @param {Group} group */
export function summary({ count, gain, level }) {
  return [plural(count, "picture"), LEVELS[level].one, gain && fileSize(gain)].filter(Boolean).join(" · ")
}

/**
 * @param {Member} member
 * @param {{ kept: boolean, decided: boolean }} state
 */
export function spoken({ name, width, height, format, size, how }, { kept, decided }) {
  const facts = [`${width} × ${height}`, format, fileSize(size), how].filter(Boolean).join(", ")
  return `${name}: ${state({ kept, decided })}, ${facts}`
}

/** @param {{ kept: boolean, decided: boolean }} state */
export function state({ kept, decided }) {
  if (kept) return decided ? "Kept" : "Keep"
  return decided ? "Is set aside" : "Set aside"
}

/** @param {Decided} decision */
export function done({ keep, set_aside: aside, distinct, clear }) {
  if (clear) return `To decide again: ${plural(clear.length, "picture")}.`
  if (distinct.length) return `Not duplicates: ${plural(distinct[0].length, "picture")}.`
  if (!aside.length) return `Kept all ${plural(keep.length, "picture")}.`
  return `Kept ${keep.length.toLocaleString("en")}, set ${aside.length.toLocaleString("en")} aside.`
}

/** @param {number} threshold */
export function similarity(threshold) {
  return threshold.toFixed(3).replace(/0$/, "")
}
