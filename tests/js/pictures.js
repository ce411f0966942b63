// Pictures of which only that is told which a test is about.

/** @import { Known } from "../../core/ui/components/gallery/types.d.ts" */

/**
 * @param {Partial<Known>} [more]
 * @returns {Known}
 */
export function item(more = {}) {
  return { id: "1", collection: "", content_hash: "h", name: "a.jpg", path: "/x/a.jpg", score: null, ...more }
}
