// Questions about pictures: citations, what was looked for, what it may cost and did.

import assert from "node:assert/strict"
import { test } from "node:test"

import { Conversation, Turn } from "../../core/ui/components/ask/conversation.js"
import { cost, finished, pieces, sentHead, terms, told } from "../../core/ui/components/ask/words.js"
import { answering } from "./answering.js"
import { table } from "./table.js"

/** @import { Looked, Numbered } from "../../core/ui/components/ask/types.d.ts" */

const known = new Set([1, 2, 30])

table("an answer in pieces", (/** @type {string} */ text) => pieces(text, known), [
  ["Zebras [1].", [{ text: "Zebras " }, { numbers: [1] }, { text: "." }]],
  ["[1, 2][30]", [{ numbers: [1, 2] }, { numbers: [30] }]],
  ["[3] and [1, 9]", [{ text: "[3] and [1, 9]" }]],
  ["<b>[1](javascript:alert())</b>", [{ text: "<b>" }, { numbers: [1] }, { text: "(javascript:alert())</b>" }]],
  ["", []],
])

/**
 * @param {string} tool
 * @param {Looked["asked"]} asked
 * @param {{ number: number }[]} [pictures]
 */
const toldOf = (tool, asked, pictures = []) => told({ tool, asked, pictures })

table("what was looked for", toldOf, [
  ["search", { text: "zebra" }, { did: "Searched for", about: "zebra", params: { q: "zebra" } }],
  ["facets", {}, { did: "Counted the pictures", about: "", params: null }],
  ["show", { id: "a" }, [{ number: 3 }], { did: "Looked closely at picture 3", about: "", params: null }],
  ["rm", {}, { did: "Tried something that is not offered", about: "", params: null }],
])

const data = { asked: { host: "localhost:11434", model: "some" }, terms: { question_tokens: 1101, search_tokens: [101, 1234] } }

table("before", (/** @type {Parameters<typeof terms>[1]} */ chosen) => terms(data, chosen), [
  [
    { k: 2, names: false, places: false },
    "Sent to localhost:11434 (some): your questions and, for each search, up to 2 pictures on one numbered sheet with their labels, tags and dates. No names, folders or places. About 1,200 tokens, and 1,300 for each search.",
  ],
  [
    { k: 1, names: true, places: false },
    "Sent to localhost:11434 (some): your questions and, for each search, up to 1 picture on one numbered sheet with their labels, tags and dates. No places. About 1,200 tokens, and 150 for each search.",
  ],
])

table("after", cost, [
  [{ requests: 2, images: 1, prompt_tokens: 2400, completion_tokens: 60, seconds: 1.92 }, "2 requests · 1 image · 2,400 tokens sent, 60 received · 1.9 s"],
  [{ requests: 1, images: 0, prompt_tokens: null, completion_tokens: null, seconds: 31.4 }, "1 request · 0 images · 31 s"],
])

table("what was sent", sentHead, [
  [{ role: "system", images: [] }, "Instructions"],
  [{ role: "user", images: [{ width: 800, height: 884, size: 81_234 }] }, "To the model · 800 × 884 JPEG, 81 kB"],
])

table("the end", finished, [
  [[], "Answered."],
  [[3], "Answered. 1 picture cited."],
])

/**
 * @param {string} tool
 * @param {Numbered} picture
 * @returns {Looked}
 */
const looked = (tool, picture) => ({ kind: "looked", tool, asked: {}, verdict: "", no_match: false, pictures: [picture] })

test("numbers stay over a conversation, and what is known of pictures with them", async context => {
  answering(context, async () => Response.json({ pictures: [{ id: "a", name: "a.jpg", content_hash: "h" }] }))
  const conversation = new Conversation({ ask: "/ask", pictures: "/pictures", thumbnails: "", images: "" }, () => {})
  const [first, second] = [new Turn("?"), new Turn("?")]
  conversation.take(first, looked("search", { number: 1, id: "a", score: 0.5, band: "strong" }))
  await new Promise(resolve => setTimeout(resolve))
  conversation.take(second, looked("show", { number: 1, id: "a", score: null, band: null }))
  assert.equal(conversation.pictures.get(1)?.name, "a.jpg")
  assert.deepEqual([...second.numbers], [1])
  conversation.take(second, { error: "It broke.", remedy: "Try again." })
  assert.equal(second.trouble, "It broke. Try again.")
})
