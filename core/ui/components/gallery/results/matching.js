// How well a picture matches, in words and numbers.

/** @import { Band, Known, Search } from "../types.d.ts" */
/** @typedef {{ [Name in "band" | "by_name" | "ofKind" | "matches"]?: Known[Name] }} Judged Without a band it is not judged. */

/** @type {Record<Band, string>} */
export const BANDS = { strong: "Strong", likely: "Likely", weak: "Weak", none: "Unlikely" }
export const OF_KIND = "Of this kind" // instead of weak, where most pictures of the collection are
export const BY_NAME = "By its name" // instead of likely, where the picture does not say so

/**
 * What is not judged yet stands above the line.
 * @param {Judged} item
 */
export function matches(item) {
  return item.matches !== false
}

/** @param {Search | null} search */
export function isDivided(search) {
  return search?.min_match !== "all"
}

/**
 * How well it matches; undefined where that is not judged.
 * @param {Judged} item
 */
export function matchWords(item) {
  return special(item) || (item.band ? `${BANDS[item.band]} match` : undefined)
}

/** @param {Judged} item */
export function special({ by_name: byName, ofKind }) {
  return byName ? BY_NAME : ofKind && OF_KIND
}

/**
 * Whether the results are to be more or less like it already.
 * @param {Pick<Known, "content_hash">} item
 * @param {Search | null} search
 * @returns {"more" | "less" | ""}
 */
export function feedback({ content_hash }, search) {
  if (search?.more?.includes(content_hash)) return "more"
  return search?.less?.includes(content_hash) ? "less" : ""
}

/** @param {number} score */
export function twoDecimals(score) {
  return score.toFixed(2).replace(/^-(0\.00)$/, "$1").replace("-", "−")
}
