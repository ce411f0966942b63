// The review of duplicates: what is marked, what is asked for, what is said.

import assert from "node:assert/strict"
import { test } from "node:test"

import { after, decided, distinct, freed, isAsDecided, reopened, suggested, toggled } from "../../core/ui/components/duplicates/groups/marks.js"
import { moved, ordered } from "../../core/ui/components/duplicates/tools/reasons.js"
import { allOf, listed, Store } from "../../core/ui/components/duplicates/groups/store.js"
import { missing, near } from "../../core/ui/components/shared/scrolling/window.js"
import { done, found, question, spoken, summary } from "../../core/ui/components/duplicates/words.js"
import { answering } from "./answering.js"
import { table } from "./table.js"

/** @import { Decision, Group, GroupPage, Listing, Member } from "../../core/ui/components/duplicates/types.d.ts" */

/**
 * @param {string} id
 * @param {number} size
 * @param {Decision | null} [decision]
 * @returns {Member}
 */
function member(id, size, decision = null) {
  const picture = { width: 4, height: 3, format: "JPEG", taken_at: null, labels: [], tags: [], boxes: 0, quality: 1 }
  const alike = { level: /** @type {const} */ ("same-picture"), cosine: 1, how: "" }
  return { id, size, decision, path: `/x/${id}.jpg`, name: `${id}.jpg`, folder: "/x", content_hash: id, ...picture, ...alike }
}

/**
 * @param {Partial<Group>} more
 * @returns {Group}
 */
function group(more) {
  const suggested = { keeper: "a", reason: "", reason_key: null, status: /** @type {const} */ ("open") }
  return { key: "k", level: "same-picture", count: 3, members: [], size: 80, gain: 30, ...suggested, ...more }
}

const OPEN = group({ members: [member("a", 50), member("b", 20), member("c", 10)] })
const DONE = { ...OPEN, members: [member("a", 50, "set-aside"), member("b", 20, "kept"), member("c", 10, "set-aside")] }

table("what is marked to be kept", (/** @type {Group} */ group) => [...suggested(group)], [
  [OPEN, ["a"]],
  [DONE, ["b"]],
])

table("whether all is as it was decided", (/** @type {Group} */ group, /** @type {string[]} */ kept) => isAsDecided(group, new Set(kept)), [
  [DONE, ["b"], true],
  [DONE, ["b", "c"], false],
  [OPEN, ["a"], false],
])

table("at least one is kept", (/** @type {string[]} */ kept, /** @type {string} */ id) => [...toggled(new Set(kept), id)], [
  [["a"], "b", ["a", "b"]],
  [["a", "b"], "a", ["b"]],
  [["a"], "a", ["a"]],
])

table("what is decided", (/** @type {Group} */ group, /** @type {string[]} */ kept) => decided(group, new Set(kept)), [
  [OPEN, ["a"], { keep: ["a"], set_aside: ["b", "c"], distinct: [] }],
  [OPEN, ["a", "b", "c"], { keep: ["a", "b", "c"], set_aside: [], distinct: [] }],
])

test("not duplicates are so with each other", () => assert.deepEqual(distinct(OPEN).distinct, [["a", "b", "c"]]))

test("what is decided shows at once", () => {
  const group = after(OPEN, decided(OPEN, new Set(["b"])))
  assert.deepEqual([group.status, ...group.members.map(one => one.decision)], ["decided", "set-aside", "kept", "set-aside"])
  const again = after(group, reopened(group))
  assert.deepEqual([again.status, ...again.members.map(one => one.decision)], ["open", null, null, null])
})

table("what could be freed", (/** @type {Group} */ group, /** @type {string[]} */ kept) => freed(group, new Set(kept)), [
  [OPEN, ["a"], 30],
  [OPEN, ["b", "c"], 50],
])

table("rows near what is seen", near, [
  [0, 800, 100, 10_000, [0, 11]],
  [-300, 800, 100, 10_000, [0, 8]],
  [50_000, 800, 100, 10_000, [497, 511]],
  [999_600, 800, 100, 10_000, [9993, 10_000]],
  [0, 800, 100, 2, [0, 2]],
  [0, 800, 100, 0, [0, 0]],
  [5000, 800, 100, 3, [2, 3]],
])

/**
 * @param {number} first
 * @param {number} end
 * @param {number[]} here
 */
const missingOf = (first, end, here) => missing(first, end, 50, at => here.includes(at))

table("pages of which something is missing", missingOf, [
  [0, 3, [], [0]],
  [48, 52, [], [0, 1]],
  [48, 52, [48, 49], [1]],
  [0, 2, [0, 1], []],
])

/** @type {Listing} */
const LISTING = {
  level: "look-alike",
  standing: "open",
  threshold: 0.95,
  reasons: ["oldest", "quality"],
  folders: ["/a b", "/c"],
  within: "",
  against: "/x&y",
}

table("the URL of a page", listed, [
  [
    "/api/v1/duplicates?collection=birds",
    LISTING,
    50,
    "/api/v1/duplicates/groups?collection=birds&level=look-alike&standing=open&threshold=0.95&reasons=oldest%2Cquality&against=%2Fx%26y&offset=50&limit=50&better=%2Fa%20b&better=%2Fc",
  ],
])

test("all of a list is what is listed", () => {
  const { standing: _, ...wanted } = LISTING
  assert.deepEqual(allOf(LISTING), wanted)
})

test("a group that is decided leaves the list, and comes back where that fails", () => {
  const store = new Store("/d", LISTING, { changed: () => {}, failed: () => {} })
  const groups = ["a", "b", "c"].map(key => group({ key, gain: 10, count: 2 }))
  store.take({ groups, total: 3, offset: 0, gain: 30, records: 6 })
  const at = store.remove(groups[1])
  assert.deepEqual([at, store.total, store.gain, store.records, store.place("c")], [1, 2, 20, 4, 1])
  store.restore(groups[1], at)
  assert.deepEqual([store.total, store.gain, store.slots.map(group => group?.key)], [3, 30, ["a", "b", "c"]])
})

test("an answer that a decision has overtaken is asked for again", async context => {
  /** @type {GroupPage[]} */
  const answers = [{ groups: [OPEN], total: 1, offset: 0, gain: 30, records: 3 }, { groups: [], total: 0, offset: 0, gain: 0, records: 0 }]
  /** @type {string[]} */
  const asked = []
  answering(context, async url => {
    asked.push(url.split("?")[0])
    const value = url.endsWith("decisions") ? {} : answers.shift()
    await new Promise(resolve => setTimeout(resolve, 5))
    return Response.json(value)
  })
  const store = new Store("/d", LISTING, { changed: () => {}, failed: error => assert.fail(String(error)) })
  const loading = store.load(0)
  await new Promise(resolve => setTimeout(resolve))
  store.send("decisions", decided(OPEN, new Set(["a"])))
  await loading
  assert.equal(store.total, 0)
  assert.deepEqual(asked, ["/d/groups", "/d/decisions", "/d/groups"])
})

const movedLetters = (/** @type {string} */ order, /** @type {number} */ at, /** @type {number} */ by) => moved([...order], at, by).join("")

table("the order of reasons", movedLetters, [
  ["abc", 2, -1, "acb"],
  ["abc", 0, 1, "bac"],
])

table("reasons that were kept", (/** @type {unknown} */ kept) => ordered(kept).slice(0, 3), [
  [["oldest", "nonsense", "tagged"], ["oldest", "tagged", "resolution"]],
  [null, ["resolution", "quality", "labelled"]],
  ["x", ["resolution", "quality", "labelled"]],
])

table("what was found", found, [
  [{ total: 1, records: 2, gain: 0 }, "1 group · 2 pictures"],
  [{ total: 2, records: 5, gain: 3_000_000 }, "2 groups · 5 pictures · 3.0 MB could be freed"],
])

table("what is asked before all are decided", question, [
  [
    { total: 128, records: 412, gain: 3_400_000_000 },
    "Keep the suggested picture of each of 128 groups, and set the 284 others aside? 3.4 GB could then be freed.",
  ],
  [{ total: 1, records: 2, gain: 5_000 }, "Keep the suggested picture of 1 group, and set the other one aside? 5.0 kB could then be freed."],
])

table("a group in words", summary, [[OPEN, "3 pictures · same picture · 30 bytes"]])

table("a picture as it is read out", spoken, [
  [member("a", 50), { kept: true, decided: false }, "a.jpg: Keep, 4 × 3, JPEG, 50 bytes"],
  [{ ...member("b", 20), how: "mirrored" }, { kept: false, decided: true }, "b.jpg: Is set aside, 4 × 3, JPEG, 20 bytes, mirrored"],
])

table("what was done", done, [
  [{ keep: ["a"], set_aside: ["b", "c"], distinct: [] }, "Kept 1, set 2 aside."],
  [{ keep: ["a", "b"], set_aside: [], distinct: [] }, "Kept all 2 pictures."],
  [{ keep: [], set_aside: [], distinct: [["a", "b"]] }, "Not duplicates: 2 pictures."],
])
