// The check of files from elsewhere: what is said of them, and the table of it.

import { csv, inShort } from "../../core/ui/components/check/words.js"
import { table } from "./table.js"

const line = (answer, more = {}) => ({ name: "a.jpg", path: "x/a.jpg", answer, how: "", cosine: null, match: null, reason: "", content_hash: "h", ...more })

table("in short", inShort, [
  [[line("new")], "1 file checked · 0 in the collection · 1 new"],
  [[line("same-file"), line("same-picture"), line("look-alike")], "3 files checked · 2 in the collection · 1 look-alike · 0 new"],
])

const rows = lines => csv(lines).trim().split("\r\n").slice(1)

table("as a table in which nothing is a formula", rows, [
  [[line("new")], ['"a.jpg","x/a.jpg","New","","","","","","h"']],
  [
    [line("same-picture", { name: '=HYPERLINK("x")', cosine: 0.98765, how: "-half", match: { name: "@b", path: "/b, c" } })],
    [`"'=HYPERLINK(""x"")","x/a.jpg","Same picture","'-half","0.9877","'@b","/b, c","","h"`],
  ],
])
