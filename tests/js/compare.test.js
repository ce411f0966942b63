// Where two pictures lie that are compared, and what is said of them.

import assert from "node:assert/strict"
import { test } from "node:test"

import { differing, inWords } from "../../core/ui/components/compare/difference.js"
import { rows } from "../../core/ui/components/compare/facts.js"
import { clamped, contained, isSame, largest, matrix, panned, placed, SAME, WHOLE, zoomed } from "../../core/ui/components/compare/geometry.js"
import { completed } from "../../core/ui/components/compare/words.js"
import { item } from "./pictures.js"
import { table } from "./table.js"

/** @import { Transform, View } from "../../core/ui/components/compare/types.d.ts" */

const PANE = { width: 600, height: 400 }

table("as large as it fits", contained, [
  [PANE, 1.5, { width: 600, height: 400 }],
  [PANE, 3, { width: 600, height: 200 }],
  [PANE, 0.5, { width: 200, height: 400 }],
])

table("where it lies", placed, [
  [PANE, 1, WHOLE, { left: 100, top: 0, width: 400, height: 400 }],
  [PANE, 1.5, { scale: 2, x: 0.5, y: 0.5 }, { left: -300, top: -200, width: 1200, height: 800 }],
  [PANE, 1.5, { scale: 2, x: 0.25, y: 0.25 }, { left: 0, top: 0, width: 1200, height: 800 }],
])

table("no room stays free that it could fill", clamped, [
  [{ scale: 0.5, x: 0.1, y: 0.9 }, PANE, 1.5, 8, { scale: 1, x: 0.5, y: 0.5 }],
  [{ scale: 2, x: 0, y: 2 }, PANE, 1.5, 8, { scale: 2, x: 0.25, y: 0.75 }],
  [{ scale: 99, x: 0.5, y: 0.5 }, PANE, 1.5, 8, { scale: 8, x: 0.5, y: 0.5 }],
  [{ scale: 2, x: 0.1, y: 0.1 }, PANE, 0.5, 8, { scale: 2, x: 0.5, y: 0.25 }],
])

table("how far one can zoom in", largest, [
  [PANE, { width: 6000, height: 4000 }, 80],
  [PANE, { width: 60, height: 40 }, 8],
  [PANE, { width: 0, height: 0 }, 8],
])

test("what is at the pointer stays there, in pictures of any shape and size", () => {
  for (const ratio of [1.5, 0.6, 2.5]) {
    const point = { x: 310, y: 190 }
    const at = (/** @type {View} */ view) => {
      const { left, top, width, height } = placed(PANE, ratio, view)
      return [(point.x - left) / width, (point.y - top) / height].map(share => share.toFixed(6))
    }
    const once = zoomed({ scale: 4, x: 0.5, y: 0.5 }, 1.5, point, PANE, ratio, 50)
    assert.equal(once.scale, 6)
    assert.deepEqual(at(once), at({ scale: 4, x: 0.5, y: 0.5 }))
  }
})

test("the picture follows the pointer", () => {
  const before = { scale: 4, x: 0.5, y: 0.5 }
  const after = panned(before, { x: 30, y: -20 }, PANE, 1.5, 8)
  const [from, to] = [before, after].map(view => placed(PANE, 1.5, view))
  assert.deepEqual([to.left - from.left, to.top - from.top].map(Math.round), [30, -20])
})

/**
 * A point in shares of the second, put where CSS puts it: in shares of the first again.
 * @param {Transform} transform
 * @param {[x: number, y: number]} point
 */
function drawn(transform, [x, y]) {
  const [width, height] = [300, 200]
  const [a, b, c, d, e, f] = matrix(transform, { width, height })
  const [px, py] = [x * width, y * height]
  return [(a * px + c * py + e) / width, (b * px + d * py + f) / height].map(share => Number(share.toFixed(6)))
}

table("the second lies over the first as is said, also turned", drawn, [
  [SAME, [0.25, 0.75], [0.25, 0.75]],
  [[-1, 0, 1, 0, 1, 0], [0.25, 0.75], [0.75, 0.75]],
  [[0, -1, 1, 1, 0, 0], [0.25, 0.75], [0.25, 0.25]],
  [[0.8, 0, 0.1, 0, 0.8, 0.2], [0, 1], [0.1, 1]],
])

table("whether it lies as it is", isSame, [
  [null, true],
  [[1.001, 0, 0, 0, 0.999, 0.002], true],
  [[-1, 0, 1, 0, 1, 0], false],
])

const BLACK = [0, 0, 0, 255]
const GREY = [20, 20, 20, 255]
const RED = [200, 0, 0, 255]
const NONE = [0, 0, 0, 0]

table("how much differs, where both are", differing, [
  [[...BLACK, ...BLACK], [...BLACK, ...GREY], 0],
  [[...BLACK, ...BLACK], [...RED, ...BLACK], 0.5],
  [[...BLACK, ...BLACK], [...NONE, ...RED], 1],
  [BLACK, NONE, null],
])

table("the difference in words", inWords, [
  [null, ""],
  [0, "No difference that can be seen."],
  [0.004, "They differ in less than 1 % of the area."],
  [0.256, "They differ in 26 % of the area."],
])

const ONE = item({ width: 640, height: 480, format: "JPEG", size: 5000, labels: ["cat"], tags: [], folder: "/x" })
const facts = (/** @type {typeof ONE} */ one, /** @type {typeof ONE} */ other) => rows(one, other).map(({ term, differs }) => (differs ? `${term}*` : term))

table("what is known of both, and what differs", facts, [
  [ONE, ONE, ["Name", "Dimensions", "File", "Labels", "Folder"]],
  [ONE, { ...ONE, size: 2000, labels: [], tags: ["x"] }, ["Name", "Dimensions", "File*", "Labels*", "Tags*", "Folder"]],
])

table("what is known already stays", completed, [
  [item({ name: "a", width: undefined }), item({ name: "b", width: 5 }), item({ name: "a", width: 5 })],
  [item({ name: "a" }), undefined, item({ name: "a" })],
])
