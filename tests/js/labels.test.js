// What the page about labels works out by itself.

import { countAbove } from "../../core/ui/components/labels/classes/curve.js"
import { typed } from "../../core/ui/components/labels/classes/typed.js"
import { percent } from "../../core/ui/components/labels/pictures.js"
import { table } from "./table.js"

/** @type {[score: number, count: number][]} */
const curve = [[9, 1], [8, 2], [5, 5]]

table("how many are above a line, told from some points", countAbove, [
  [curve, 10, 0],
  [curve, 9, 1],
  [curve, 8, 2],
  [curve, 6.5, 3],
  [curve, 1, 5],
  [[], 1, 0],
])

table("classes as they are typed", typed, [
  [" cat \n\n: nothing", [{ name: "cat", words: "" }]],
  ["scratch: a scratched: surface", [{ name: "scratch", words: "a scratched: surface" }]],
])

table("shares", percent, [[0, "0 %"], [0.004, "0.4 %"], [0.5, "50 %"], [1, "100 %"]])
