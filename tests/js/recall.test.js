// The chart of recall: shares and times as Python says them, and where its scale begins.

import { columns, lowest } from "../../core/ui/components/recall/drawing.js"
import { milliseconds, share } from "../../core/ui/components/recall/numbers.js"
import { table } from "./table.js"

table("shares", share, [
  [1, "100 %"],
  [0.9999, "99.9 %"],
  [0.99, "99 %"],
  [0.5, "50 %"],
  [0, "0 %"],
])

table("times", milliseconds, [
  [0.42, "0.4 ms"],
  [9.96, "10 ms"],
  [12, "12 ms"],
  [999.6, "1.0 s"],
  [12_340, "12.3 s"],
])

table("columns stand apart evenly, right of the names of the values", columns, [
  [1, 264, [152]],
  [2, 264, [102, 202]],
])

const rows = (/** @type {number[]} */ ...recalls) => recalls.map(recall => ({ recall }))

table("the scale begins on a round share below all of it, and below the target", lowest, [
  [rows(1), 0.99, 0.95],
  [rows(0.981), 0.99, 0.95],
  [rows(0.62, 1), 0.99, 0.6],
  [rows(0), 0.99, 0],
])
