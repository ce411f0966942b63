// The overview: where places stand on its map, which bars are named, where arrow keys lead, and links to searches.

import assert from "node:assert/strict"
import { test } from "node:test"

import { percent } from "../../core/ui/components/comparison/comparison.js"
import { frameOf, inWords, outline, spot, tilesOf, tileUrl } from "../../core/ui/components/overview/mercator.js"
import { named, step } from "../../core/ui/components/overview/timeline.js"
import { table } from "./table.js"

/** @import { Frame } from "../../core/ui/components/overview/types.d.ts" */

const rounded = (/** @type {{ x: number, y: number }} */ { x, y }) => [x, y].map(value => Math.abs(value).toFixed(4))

table("Mercator's projection", (/** @type {Parameters<typeof spot>} */ ...place) => rounded(spot(...place)), [
  [0, 0, ["0.5000", "0.5000"]],
  [0, -180, ["0.0000", "0.5000"]],
  [85.05113, 180, ["1.0000", "0.0000"]],
  [90, 0, ["0.5000", "0.0000"]],
  [48.1, 11.5, ["0.5319", "0.3472"]],
])

const dot = (/** @type {number} */ latitude, /** @type {number} */ longitude) => ({ cell: "", latitude, longitude, count: 1 })

test("all dots are within the part that is shown, whatever its sides", () => {
  for (const ratio of [0.5, 1, 3.2]) {
    for (const dots of [[dot(48, 11)], [dot(48, 11), dot(49, 13)], [dot(-40, -170), dot(60, 170)]]) {
      for (const tiled of [false, true]) {
        const { left, top, width, height } = frameOf(dots, ratio, tiled)
        assert.ok(Math.abs(width / height - ratio) < 1e-9)
        for (const { latitude, longitude } of dots) {
          const { x, y } = spot(latitude, longitude)
          assert.ok(x >= left && x <= left + width, `${x} ${left} ${width}`)
          assert.ok(y >= top && y <= top + height)
        }
      }
    }
  }
})

test("tiles cover what is shown", () => {
  const frame = frameOf([dot(48, 11), dot(49, 13)], 2, true)
  const tiles = tilesOf(frame, 600)
  assert.ok(tiles.length >= 2 && tiles.length < 40)
  assert.ok(Math.min(...tiles.map(tile => tile.left)) <= 0)
  assert.ok(Math.max(...tiles.map(tile => tile.left + tile.side)) >= 600)
  assert.ok(Math.max(...tiles.map(tile => tile.top + tile.side)) >= 300)
  for (const { side, x, y, zoom } of tiles) assert.ok(side >= 128 && side <= 400 && x < 2 ** zoom && y < 2 ** zoom)
})

table("URLs of tiles", tileUrl, [["https://t/{z}/{x}/{y}.png?{z}", { zoom: 3, x: 4, y: 5 }, "https://t/3/4/5.png?3"]])
/**
 * @param {number[][]} rings
 * @param {Frame} frame
 */
const outlined = (rings, frame) => outline(rings, frame, 100)

table("the outline as a path", outlined, [
  [[[0, 0, 90, 0]], { left: 0, top: 0, width: 1, height: 1 }, "M50.0 50.0L75.0 50.0Z"],
])
table("places in words", inWords, [
  [{ latitude: 48.14, longitude: 11.55 }, "48.1° N, 11.6° E"],
  [{ latitude: -33.9, longitude: -70.6 }, "33.9° S, 70.6° W"],
])
table("names below the bars", named, [[0, 3, true], [1, 3, true], [1, 64, false], [11, 64, true]])
table("arrow keys", step, [
  ["ArrowLeft", 0, 5, 0],
  ["ArrowRight", 3, 5, 4],
  ["ArrowRight", 4, 5, 4],
  ["Home", 3, 5, 0],
  ["End", 0, 5, 4],
  ["Enter", 0, 5, null],
])
table("shares", percent, [[0, "0 %"], [0.001, "< 1 %"], [0.126, "13 %"], [1, "100 %"]])
