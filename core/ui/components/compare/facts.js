// What is known of two pictures, beside each other.

import { inWords } from "../shared/duplicate_words.js"
import { fileSize } from "../shared/format.js"
import { degrees, dimensions, moment } from "../gallery/details/facts.js"

/** @import { Known } from "../gallery/types.d.ts" */
/** @typedef {{ term: string, values: [string, string], differs: boolean }} Row */

/** @type {[term: string, value: (item: Known) => string | undefined | null | false][]} */
const FACTS = [
  ["Name", ({ name }) => name],
  ["Dimensions", item => dimensions(item)],
  ["File", ({ format, size }) => [format, size && fileSize(size)].filter(Boolean).join(" · ")],
  ["Taken", ({ taken_at: taken }) => taken && moment(taken)],
  ["Camera", ({ camera }) => camera],
  ["Lens", ({ lens }) => lens],
  ["Place", ({ gps }) => gps && degrees(gps)],
  ["Frames", ({ frames = 1 }) => frames > 1 && String(frames)],
  ["Labels", ({ labels }) => labels?.join(", ")],
  ["Boxes", ({ boxes }) => Boolean(boxes) && String(boxes)],
  ["Tags", ({ tags }) => tags?.join(", ")],
  ["Split", ({ splits }) => splits?.join(", ")],
  ["Duplicates", ({ duplicates }) => duplicates && inWords(duplicates)],
  ["Collection", ({ collection }) => collection],
  ["Folder", ({ folder }) => folder],
]

/**
 * What is known of neither is left out.
 * @param {Known} one
 * @param {Known} other
 * @returns {Row[]}
 */
export function rows(one, other) {
  return FACTS.flatMap(([term, value]) => {
    const [first, second] = [value(one) || "", value(other) || ""]
    return first || second ? [{ term, values: /** @type {[string, string]} */ ([first, second]), differs: first !== second }] : []
  })
}
