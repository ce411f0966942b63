// What the search bar says of a query and offers for it.

import assert from "node:assert/strict"
import { test } from "node:test"

import { asSent, isNegative, isTyped, isWeighted, nameOf } from "../../core/ui/components/query/chips/parts.js"
import { offers } from "../../core/ui/components/query/completion.js"
import { EditedQuery } from "../../core/ui/components/query/edited_query.js"
import { dragged } from "../../core/ui/components/query/images.js"
import { offerWords, pastedWords } from "../../core/ui/components/query/offer.js"
import { imagesOf, isRecentSearch, isSearch, sameAddress } from "../../core/ui/components/query/searches/recent.js"
import { table } from "./table.js"

/** @import { Edit } from "../../core/ui/components/shared/types.d.ts" */
/** @import { ExamplePart, FilterPart, ImagePart, Part, WordsPart } from "../../core/ui/components/query/types.d.ts" */

const HASH = "a".repeat(64)
/** @type {WordsPart} */
const WORDS = { kind: "words", text: "a beach", weight: 1 }
/** @type {ImagePart} */
const IMAGE = { kind: "image", id: HASH, name: "cat.jpg", weight: 1, region: null }
/** @type {ExamplePart} */
const MORE = { kind: "more", id: HASH, name: "cat.jpg" }
/** @type {ExamplePart} */
const LESS = { ...MORE, kind: "less" }
/** @type {(text: string) => FilterPart} */
const filter = text => ({ kind: "filter", text })

const KEYS = { label: ["car", "cat", "concert", "traffic light"], tag: ["only"], taken: [] }

table("parts that stand in the box", isTyped, [
  [WORDS, true],
  [filter("label:cat"), true],
  [IMAGE, false],
  [MORE, false],
])

table("parts that speak against a picture", isNegative, [
  [WORDS, false],
  [{ ...WORDS, weight: -0.1 }, true],
  [LESS, true],
  [MORE, false],
  [filter("-label:cat"), true],
  [filter("−label:cat"), true],
  [filter("label:-cat"), false],
])

table("names of parts", nameOf, [
  [WORDS, "a beach"],
  [IMAGE, "cat.jpg"],
  [MORE, "More like cat.jpg"],
  [LESS, "Less like cat.jpg"],
])

table("what may be typed on", (/** @type {string} */ before) => offers(before, KEYS).map(({ insert }) => insert), [
  ["", []],
  ["la", []],
  ["lab", ["label:"]],
  ["a beach ta", ["tag:", "taken:"]],
  ["a beach -ta", ["tag:", "taken:"]],
  ["label:ca", ["car ", "cat "]],
  ["label:c", ["car ", "cat ", "concert ", '"traffic light" ']],
  ["label:cat,co", ["concert "]],
  ['label:"traffic', ['"traffic light" ']],
  ["LABEL:CON", ["concert "]],
  ["label:concert", []],
  ["tag:", ["only "]],
  ["taken:2", []],
  ["unknown:x", []],
])

table("what a pasted location is", pastedWords, [
  [{ location: "/pictures/a.jpg", refusal: null }, "This is the path of a picture. It was searched for as words."],
  [{ location: "https://x.org/a.jpg", refusal: null }, "This is the URL of a picture. It was searched for as words."],
  [{ location: "C:\\a.jpg", refusal: null }, "This is the path of a picture. It was searched for as words."],
  [{ location: "/a", refusal: "It is outside." }, "This was searched for as words. It is outside."],
])

table("another way to say a search", offerWords, [
  [
    "a beach without people",
    "a beach − people",
    "The model does not understand “without”. Search for a beach, away from people, instead?",
  ],
  ["no cats", "− cats", "The model does not understand “no”. Search for what is least like cats instead?"],
  ["cats", "cats", "The model does not understand negation. Search for cats instead?"],
])

table("searches of the same address", sameAddress, [
  ["?q=a&k=2", "?k=2&q=a", true],
  ["?q=a", "?q=b", false],
  ["?image=1&image=2", "?image=2&image=1", false],
  ["", "?", true],
  ["?q=a&cut=all&alike=0.9&collapse=picture", "?q=a&min_match=all&duplicate_threshold=0.9&collapse=image", true],
  ["?q=picture&cut=all", "?q=image&min_match=all", false],
])

table("addresses that are a search", (/** @type {string} */ address) => Boolean(isSearch(address)), [
  ["?q=cat", true],
  ["?image=x", true],
  ["?more=x", true],
  ["?less=x", true],
  ["?k=12", false],
  ["?q=", false],
  ["", false],
])

table("pictures of an address", imagesOf, [
  [`?image=${HASH}:0.5&q=cat`, [HASH]],
  [`?image=${HASH}&more=${"b".repeat(64)}`, [HASH, "b".repeat(64)]],
  ["?image=../../etc", []],
  ["", []],
])

table("what other versions of the app, or other pages, keep as searches", isRecentSearch, [
  [{ address: "?q=cat", label: "cat" }, true],
  [{ address: "?q=cat" }, false],
  [{ address: 1, label: "cat" }, false],
  ["?q=cat", false],
  [null, false],
])

table("what is dragged as a picture of ours", dragged, [
  ['{"id":"a","name":"a.jpg","path":"/x"}', { id: "a", name: "a.jpg" }],
  ['{"id":"a"}', null],
  ['{"id":1,"name":"a.jpg"}', null],
  ["null", null],
  ["a.jpg", null],
  ["", null],
])

table("what is sent of a part", asSent, [
  [WORDS, WORDS],
  [IMAGE, { kind: "image", id: HASH, weight: 1, region: null }],
])

/**
 * A query that the page has answered, with what is in the box now, and what it sends.
 * @param {string} typed
 * @param {Part[]} [parts]
 */
function edited(typed, parts = [WORDS, IMAGE]) {
  /** @type {unknown[]} */
  const sent = []
  const box = {
    text: "a beach",
    typed,
    get isNewer() {
      return this.typed !== this.text
    },
    follow(/** @type {string} */ text) {
      this.text = text
    },
    submit(/** @type {string} */ text) {
      return (this.text = text)
    },
    reset() {
      this.typed = this.text
    },
  }
  const query = new EditedQuery(box, { trigger: (_, edit) => sent.push(/** @type {Edit} */ (edit).value), changed() {} })
  query.follow({ answered: 0, text: "a beach", parts })
  return { box, query, sent }
}

test("a changed picture takes along what is typed and not yet run", () => {
  const { query, sent } = edited("a beach at night")
  query.remove(IMAGE)
  assert.deepEqual(sent, [{ text: "a beach at night", parts: [] }])
})

test("a changed part of the text does not: the box says again what was run", () => {
  const { box, query, sent } = edited("a beach at night")
  query.remove(WORDS)
  assert.deepEqual(sent, [{ text: null, parts: [asSent(IMAGE)] }])
  assert.equal(box.typed, "a beach")
})

test("a weight is sent when it rests, once", context => {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  const { query, sent } = edited("a beach")
  assert.ok(query.weigh(IMAGE, 1.1))
  assert.ok(!query.follow({ answered: 0, text: "", parts: [] })) // it is not taken away meanwhile
  const moving = () => query.parts.filter(isWeighted)[1]
  assert.ok(query.weigh(moving(), 1.2))
  assert.ok(!query.weigh(moving(), 1.2))
  assert.deepEqual(sent, [])
  context.mock.timers.tick(500)
  query.settle()
  assert.deepEqual(sent, [{ text: null, parts: [WORDS, { ...asSent(IMAGE), weight: 1.2 }] }])
})

test("a weight that was being moved is not sent after another change", context => {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  const { query, sent } = edited("a beach")
  query.weigh(IMAGE, 1.1)
  query.open("?q=cat")
  context.mock.timers.tick(500)
  assert.deepEqual(sent, [{ address: "?q=cat" }])
})

test("a whole picture is not there twice, a part of it is", () => {
  /** @type {ImagePart} */
  const cropped = { ...IMAGE, region: [0, 0, 0.5, 0.5] }
  const { query, sent } = edited("a beach", [IMAGE, cropped])
  query.add([{ id: HASH, name: "cat.jpg" }], null)
  assert.deepEqual(sent, [{ text: null, parts: [cropped, IMAGE].map(asSent) }])
})
