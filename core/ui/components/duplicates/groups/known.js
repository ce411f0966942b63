// A member of a group as the gallery knows pictures.

/** @import { Known } from "../../gallery/types.d.ts" */
/** @import { Member } from "../types.d.ts" */

/**
 * @param {Member} member
 * @returns {Known}
 */
export function toKnown({ decision: _decision, quality: _quality, level: _level, cosine: _cosine, how: _how, ...known }) {
  return { ...known, collection: "", score: null }
}
