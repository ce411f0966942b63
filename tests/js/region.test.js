// Parts of a picture: [left, top, width, height] in shares of its sides.

import assert from "node:assert/strict"
import { test } from "node:test"

import { drawnRegion, movedRegion, resizedRegion } from "../../core/ui/components/query/chips/region.js"
import { table } from "./table.js"

const rounded = (/** @type {number[]} */ region) => region.map(share => Math.round(share * 1e6) / 1e6)

table("moved within the picture", (/** @type {Parameters<typeof movedRegion>} */ ...given) => rounded(movedRegion(...given)), [
  [[0.2, 0.2, 0.5, 0.5], 0.1, -0.1, [0.3, 0.1, 0.5, 0.5]],
  [[0.2, 0.2, 0.5, 0.5], 5, 5, [0.5, 0.5, 0.5, 0.5]],
  [[0.2, 0.2, 0.5, 0.5], -5, -5, [0, 0, 0.5, 0.5]],
  [[0, 0, 1, 1], 0.1, 0.1, [0, 0, 1, 1]],
])

table("resized by its edges", (/** @type {Parameters<typeof resizedRegion>} */ ...given) => rounded(resizedRegion(...given)), [
  [[0.2, 0.2, 0.4, 0.4], "se", [0.9, 0.8], [0.2, 0.2, 0.7, 0.6]],
  [[0.2, 0.2, 0.4, 0.4], "nw", [0.1, 0.3], [0.1, 0.3, 0.5, 0.3]],
  [[0.2, 0.2, 0.4, 0.4], "n", [0.9, 0], [0.2, 0, 0.4, 0.6]],
  [[0.2, 0.2, 0.4, 0.4], "e", [0, 0], [0.2, 0.2, 0.02, 0.4]],
  [[0.2, 0.2, 0.4, 0.4], "w", [1, 0], [0.58, 0.2, 0.02, 0.4]],
  [[0.2, 0.2, 0.4, 0.4], "s", [0, 7], [0.2, 0.2, 0.4, 0.8]],
])

table("drawn from one corner to another, whichever comes first", (/** @type {Parameters<typeof drawnRegion>} */ ...given) => rounded(drawnRegion(...given)), [
  [[0.1, 0.2], [0.5, 0.8], [0.1, 0.2, 0.4, 0.6]],
  [[0.5, 0.8], [0.1, 0.2], [0.1, 0.2, 0.4, 0.6]],
  [[1, 1], [1, 1], [0.98, 0.98, 0.02, 0.02]],
])

test("whatever is done, a region lies in its picture and has a size", () => {
  const shares = [0, 0.01, 0.3, 0.5, 0.99, 1]
  for (const x of shares)
    for (const y of shares)
      for (const edges of ["n", "e", "s", "w", "ne", "nw", "se", "sw"]) {
        const [left, top, width, height] = resizedRegion([0.3, 0.3, 0.4, 0.4], edges, [x, y])
        assert.ok(left >= 0 && top >= 0 && width > 0.0199 && height > 0.0199, `${edges} ${x} ${y}`)
        assert.ok(left + width <= 1 + 1e-9 && top + height <= 1 + 1e-9, `${edges} ${x} ${y}`)
      }
})
