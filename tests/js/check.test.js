// The check of files from elsewhere: what is said of them, and the table of it.

import { csv, inShort } from "../../core/ui/components/check/words.js"
import { table } from "./table.js"

/** @import { Line, Match, Verdict } from "../../core/ui/components/check/types.d.ts" */

/** @type {Match} */
const MATCH = { id: "1", name: "@b", path: "/b, c", content_hash: "h" }

/**
 * @param {Verdict} answer
 * @param {Partial<Line>} [more]
 * @returns {Line}
 */
function line(answer, more = {}) {
  const file = { name: "a.jpg", path: "x/a.jpg", content_hash: "h", size: 1, width: 1, height: 1 }
  return { ...file, answer, how: "", cosine: null, match: null, reason: "", place: 0, ...more }
}

table("in short", inShort, [
  [[line("new")], "1 file checked · 0 in the collection · 1 new"],
  [[line("same-file"), line("same-picture"), line("look-alike")], "3 files checked · 2 in the collection · 1 look-alike · 0 new"],
])

const rows = (/** @type {Line[]} */ lines) => csv(lines).trim().split("\r\n").slice(1)

table("as a table in which nothing is a formula", rows, [
  [[line("new")], ['"a.jpg","x/a.jpg","New","","","","","","h"']],
  [
    [line("same-picture", { name: '=HYPERLINK("x")', cosine: 0.98765, how: "-half", match: MATCH })],
    [`"'=HYPERLINK(""x"")","x/a.jpg","Same picture","'-half","0.9877","'@b","/b, c","","h"`],
  ],
])
