// What the panel of facets makes of folders, dates, ranges and choices.

import { acted, spokenChoice, stateIn } from "../../core/ui/components/facets/choices.js"
import { Dates } from "../../core/ui/components/facets/dates.js"
import { ancestors, Folders, nameWithin } from "../../core/ui/components/facets/folders.js"
import { Bytes, Pixels } from "../../core/ui/components/facets/ranges.js"
import { stretched, wholeYear, yearsOf } from "../../core/ui/components/facets/taken.js"
import { table } from "./table.js"
import { unbuilt } from "./unbuilt.js"

table("a folder and those it lies in", ancestors, [
  ["/photos/2024/rome", ["/", "/photos", "/photos/2024", "/photos/2024/rome"]],
  ["/", ["/"]],
  ["s3://bucket/a/b", ["s3://bucket", "s3://bucket/a", "s3://bucket/a/b"]],
  ["s3://bucket", ["s3://bucket"]],
])

table("what a folder is called in another", nameWithin, [
  ["/photos/2024/rome", "/photos", "2024/rome"],
  ["/photos", "/", "photos"],
  ["/photos", "/photos", "/photos"],
  ["/photos", "", "photos"],
])

/**
 * What the tree begins with.
 * @param {[folder: string, count: number][]} counts
 * @param {string[]} roots They are shown from there.
 * @returns {[path: string, count: number][]}
 */
function tops(counts, roots) {
  const tree = unbuilt(Folders, { counts: new Map(counts), roots: new Set(roots) })
  Object.defineProperty(tree, "pinned", { value: [] })
  return tree.grow().tops.map(({ path, count }) => [path, count])
}

table("what all folders have in common is left out", tops, [
  [[["/a/b/x", 2], ["/a/b/y", 3]], [], [["/a/b/x", 2], ["/a/b/y", 3]]],
  [[["/a/b/x", 2], ["/a/b", 3]], [], [["/a/b", 5]]],
  [[["/a/b/x", 2], ["/a/b/y", 3]], ["/a"], [["/a/b", 5]]],
  [[["/a/x", 1], ["s3://b/y", 1]], [], [["/", 1], ["s3://b", 1]]],
])

table("choosing and excluding", acted, [
  [{ chosen: [], excluded: [] }, "choose", "cat", { chosen: ["cat"], excluded: [] }],
  [{ chosen: ["cat"], excluded: [] }, "choose", "cat", { chosen: [], excluded: [] }],
  [{ chosen: ["cat"], excluded: [] }, "exclude", "cat", { chosen: [], excluded: ["cat"] }],
  [{ chosen: [], excluded: ["cat"] }, "exclude", "cat", { chosen: [], excluded: [] }],
  [{ chosen: [], excluded: ["cat"] }, "choose", "cat", { chosen: [], excluded: [] }],
  [{ chosen: ["cat"], excluded: [] }, "choose", "dog", { chosen: ["cat", "dog"], excluded: [] }],
  [{ chosen: ["cat"], excluded: [] }, "choose", "dog", true, { chosen: ["dog"], excluded: [] }],
  [{ chosen: ["cat"], excluded: [] }, "exclude", "dog", true, { chosen: ["cat"], excluded: ["dog"] }],
])

table("the state of a value", stateIn, [
  [{ chosen: ["a"], excluded: ["b"] }, "a", "in"],
  [{ chosen: ["a"], excluded: ["b"] }, "b", "out"],
  [{ chosen: ["a"], excluded: ["b"] }, "c", ""],
])

table("what is read out", spokenChoice, [
  [{ name: "cat", count: 1, state: "" }, "cat, 1 picture"],
  [{ name: "cat", count: 1200, state: "out" }, "cat, 1,200 pictures, excluded"],
  [{ name: "rome", count: null, state: "in" }, "rome"],
])

const [pixels, bytes, dates] = [Pixels.prototype, Bytes.prototype, Dates.prototype]

table("pixels as they are typed", (/** @type {string} */ text) => [pixels.toLow(text), pixels.toHigh(text)], [
  ["640", [640, 641]],
  ["1,280 px", [1280, 1281]],
  ["", [null, null]],
  ["wide", [undefined, undefined]],
  ["-5", [undefined, undefined]],
  ["1234567890", [undefined, undefined]],
])

table("sizes as they are typed", (/** @type {string} */ text) => [bytes.toLow(text), bytes.toHigh(text)], [
  ["500 kB", [500_000, 500_001]],
  ["2", [2_000_000, 2_000_001]],
  ["1,5 MB", [1_500_000, 1_500_001]],
  ["3gb", [3e9, 3e9 + 1]],
  ["10 bytes", [10, 11]],
  [" ", [null, null]],
  ["big", [undefined, undefined]],
])

/**
 * @param {Pixels | Bytes} kind
 * @param {number | null} bound
 */
const inFields = (kind, bound) => [kind.lowText(bound), kind.highText(bound)]

table("bounds as the fields say them", inFields, [
  [pixels, 641, ["641", "640"]],
  [pixels, null, ["", ""]],
  [bytes, 2_000_000, ["2.0 MB", "2.0 MB"]],
  [bytes, 100_001, ["100 kB", "100 kB"]],
  [bytes, 0, ["0 bytes", "0 bytes"]],
])

table("dates as the fields say them", (/** @type {string} */ moment) => [dates.lowText(moment), dates.highText(moment)], [
  ["2024-03-01T00:00:00", ["2024-03-01", "2024-02-29"]],
  ["2021-01-01T00:00:00", ["2021-01-01", "2020-12-31"]],
  ["2021-01-01T12:30:00.123456", ["2021-01-01", "2021-01-01"]],
])

table("dates as they are typed", (/** @type {string} */ text) => [dates.toLow(text), dates.toHigh(text)], [
  ["2024-02-28", ["2024-02-28T00:00:00", "2024-02-29T00:00:00"]],
  ["2023-12-31", ["2023-12-31T00:00:00", "2024-01-01T00:00:00"]],
  ["", [null, null]],
])

table("a bound that is a whole year", wholeYear, [
  ["2024-01-01T00:00:00", 2024],
  ["2024-01-02T00:00:00", null],
  ["2024-01-01T00:00:01", null],
])

table("a year is added to a span, or leaves it", stretched, [
  [null, 2020, [2020, 2020]],
  [[2020, 2020], 2022, [2020, 2022]],
  [[2020, 2022], 2018, [2018, 2022]],
  [[2020, 2020], 2020, null],
  [[2020, 2022], 2020, [2021, 2022]],
  [[2020, 2022], 2022, [2020, 2021]],
  [[2020, 2022], 2021, [2021, 2021]],
])

table("the years of a span", yearsOf, [
  [null, []],
  [[2020, 2022], [2020, 2021, 2022]],
  [[1900, 2000], [1900, 2000]],
])
