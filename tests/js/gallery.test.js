// What the gallery says of its pictures, and where it puts them.

import assert from "node:assert/strict"
import { test } from "node:test"

import { degrees, dimensions, inShort, moment } from "../../core/ui/components/gallery/details/facts.js"
import { colourAt } from "../../core/ui/components/gallery/details/colour_ramp.js"
import { Grid } from "../../core/ui/components/gallery/results/grid.js"
import { feedback, isDivided, matches, matchWords, twoDecimals } from "../../core/ui/components/gallery/results/matching.js"
import { Pages } from "../../core/ui/components/gallery/results/pages.js"
import { keepPlaces, places } from "../../core/ui/components/gallery/results/places.js"
import { placed, stepAfter } from "../../core/ui/components/gallery/results/steps.js"
import { lastFolders, members } from "../../core/ui/components/gallery/stack.js"
import { retagged, withCopies } from "../../core/ui/components/gallery/tag_dialog.js"
import { item } from "./pictures.js"
import { table } from "./table.js"
import { unbuilt } from "./unbuilt.js"

/** @import { Known, Tile } from "../../core/ui/components/gallery/types.d.ts" */

table("similarities", twoDecimals, [
  [0.256, "0.26"],
  [-0.251, "−0.25"],
  [-0.001, "0.00"],
  [1, "1.00"],
])

table("how well a picture matches", (/** @type {Parameters<typeof matchWords>[0]} */ item) => matchWords(item) ?? "", [
  [{ band: "strong" }, "Strong match"],
  [{ band: "none" }, "Unlikely match"],
  [{ band: "likely", by_name: true }, "By its name"],
  [{ band: "weak", ofKind: true }, "Of this kind"],
  [{}, ""],
])

table("what stands above the line", matches, [
  [{ matches: true }, true],
  [{ matches: false }, false],
  [{}, true],
])

table("whether there is a line", isDivided, [
  [{ min_match: "auto" }, true],
  [{ min_match: "all" }, false],
  [null, true],
])

table("whether results are to be like a picture already", feedback, [
  [{ content_hash: "a" }, { more: ["a"], less: [] }, "more"],
  [{ content_hash: "a" }, { more: [], less: ["a"] }, "less"],
  [{ content_hash: "a" }, { more: ["b"] }, ""],
  [{ content_hash: "a" }, null, ""],
])

table("the next number of results", stepAfter, [
  [0, 12],
  [12, 24],
  [30, 50],
  [200, 500],
  [5000, 10_000],
  [10_000, 10_000],
])

table("a place of the slider", placed, [
  [1, 1],
  [200, 200],
  [201, 10_000],
])

table("dimensions", dimensions, [
  [{ width: 640, height: 480 }, "640 × 480 px · 0.31 MP"],
  [{ width: 4000, height: 3000 }, "4000 × 3000 px · 12.0 MP"],
  [{}, ""],
])

table("a picture in short", inShort, [
  [{ width: 640, height: 480, format: "JPEG", size: 123_456 }, "640 × 480 · JPEG · 123 kB"],
  [{ format: "JPEG" }, "JPEG"],
])

table("a moment by the camera's clock", moment, [
  ["2024-02-29T23:59:58", "29 February 2024, 23:59"],
  ["2021-06-01T00:05:00.5", "1 June 2021, 00:05"],
  ["some day", "some day"],
])

table("a place on the earth", degrees, [
  [[41.9028, 12.4964], "41.9028° N, 12.4964° E"],
  [[-33.8688, -151.2], "33.8688° S, 151.2000° W"],
])

table("the end of a path", lastFolders, [
  ["/photos/2024/rome", "… / 2024 / rome"],
  ["/photos/2024", "photos / 2024"],
  ["", ""],
])

const [one, copy, other] = [
  item({ id: "1", content_hash: "a", path: "/x/1.jpg", size: 5, tags: ["t"] }),
  item({ id: "2", content_hash: "a", path: "/y/2.jpg" }),
  item({ id: "3", content_hash: "b", path: "/y/3.jpg" }),
]

table("a stack, of which the same bytes are known alike", (/** @type {Known} */ item) => members(item).map(({ id, folder, size }) => [id, folder, size]), [
  [{ ...one, folder: "/x", others: [copy, other] }, [["1", "/x", 5], ["2", "/y", 5], ["3", "/y", undefined]]],
  [{ ...one, folder: "/x" }, [["1", "/x", 5]]],
])

table("pictures with those that are shown as one with them", withCopies, [
  [[{ id: "1", others: [{ id: "2" }] }, { id: "2" }, { id: "3" }], ["1", "2", "3"]],
  [[], []],
])

table("tags added and removed", retagged, [
  [["b", "a"], ["c"], ["a"], ["b", "c"]],
  [[], ["b", "b"], [], ["b"]],
  [["a"], [], [], ["a"]],
])

/**
 * Among twelve tiles in four columns, seven of them above the line.
 * @param {number} at
 * @param {string} key
 */
function neighbour(at, key) {
  const items = Array.from({ length: 12 }, (_, at) => item({ id: String(at) }))
  const tiles = new Map(items.map(({ id }, at) => [id, /** @type {Tile} */ ({ at, offsetHeight: 100 })]))
  const found = unbuilt(Grid, { items, tiles, above: 7, columns: 4 }).neighbour(String(at), key, 250)
  return found === undefined ? null : Number(found)
}

table("where keys lead", neighbour, [
  [0, "ArrowRight", 1],
  [11, "ArrowRight", 11],
  [0, "ArrowLeft", 0],
  [1, "ArrowDown", 5],
  [3, "ArrowDown", 6],
  [5, "ArrowDown", 8],
  [8, "ArrowUp", 5],
  [10, "ArrowUp", 6],
  [0, "PageDown", 7],
  [11, "PageUp", 4],
  [5, "Home", 0],
  [5, "End", 11],
  [5, "x", null],
])

/**
 * The best k of what is here; of results in another order than the best, these k by their scores.
 * @param {number} k
 * @param {string} sort
 * @param {(number | null)[]} scores
 */
function shown(k, sort, scores) {
  const results = scores.map((score, at) => item({ id: String(at), score }))
  return unbuilt(Pages, { results, k, search: { sort } }).shown.map(({ id }) => Number(id))
}

table("which results are shown", shown, [
  [2, "best", [0.9, 0.8, 0.7], [0, 1]],
  [2, "newest", [0.1, 0.8, 0.7], [1, 2]],
  [5, "newest", [0.1, 0.8], [0, 1]],
  [1, "newest", [null, null], [0]],
])

table("the colours of a heat map", (/** @type {number} */ value) => colourAt(value).map(part => Math.round(part)), [
  [0, [13, 8, 45, 168]],
  [1, [252, 232, 120, 107]],
  [0.35, [84, 15, 110, 148]],
])

test("places of forty searches are kept, whatever else stands there", context => {
  const kept = new Map([["image-search-places", '{"old":{"loaded":"x"},"older":null,"a":{"loaded":60,"scrolled":9}}']])
  /** @type {Pick<Storage, "getItem" | "setItem">} */
  const storage = { getItem: name => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) }
  Object.defineProperty(globalThis, "sessionStorage", { value: storage, configurable: true })
  context.after(() => Reflect.deleteProperty(globalThis, "sessionStorage"))
  assert.deepEqual([...places().keys()], ["a"])
  for (let at = 0; at < 45; at += 1) keepPlaces(String.fromCharCode(98 + at), { loaded: 60, scrolled: at })
  assert.equal(places().size, 40)
  assert.ok(!places().has("a"))
  keepPlaces("z", null)
  assert.ok(!places().has("z"))
  kept.set("image-search-places", "{")
  assert.equal(places().size, 0)
})
