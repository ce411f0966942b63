// How much a part of a query counts.

import { nonzero, stepped, weightText } from "../../core/ui/components/query/chips/weight.js"
import { table } from "./table.js"

table("a step up or down passes over zero, and ends at the ends", stepped, [
  [1, 1, 1.1],
  [1, -1, 0.9],
  [0.1, -1, -0.1],
  [-0.1, 1, 0.1],
  [0.3, -1, 0.2],
  [2, 1, 2],
  [-1, -1, -1],
  [1.95, 1, 2],
])

table("a weight of zero stays on the side that it comes from", nonzero, [
  [0, 1, 0.1],
  [0, -1, -0.1],
  [0.004, -0.5, -0.1],
  [0.456, 1, 0.46],
  [7, 1, 2],
  [-7, 1, -1],
])

table("weights in words", weightText, [
  [1, "1.0"],
  [0.5, "0.5"],
  [0.25, "0.25"],
  [-0.5, "−0.5"],
  [-1, "−1.0"],
])
