// What the search bar says of a query and offers for it.

import { isNegative, isTyped, nameOf } from "../../core/ui/components/query/chips/parts.js"
import { offers } from "../../core/ui/components/query/completion.js"
import { offerWords, pastedWords } from "../../core/ui/components/query/offer.js"
import { isSearch, picturesOf, sameAddress } from "../../core/ui/components/query/searches/recent.js"
import { table } from "./table.js"

const HASH = "a".repeat(64)
const KEYS = { label: ["car", "cat", "concert", "traffic light"], tag: ["only"], taken: [] }

table("parts that stand in the box", isTyped, [
  [{ kind: "words" }, true],
  [{ kind: "filter" }, true],
  [{ kind: "picture" }, false],
  [{ kind: "more" }, false],
])

table("parts that speak against a picture", part => Boolean(isNegative(part)), [
  [{ kind: "words", weight: 1 }, false],
  [{ kind: "words", weight: -0.1 }, true],
  [{ kind: "less" }, true],
  [{ kind: "more" }, false],
  [{ kind: "filter", text: "-label:cat" }, true],
  [{ kind: "filter", text: "−label:cat" }, true],
  [{ kind: "filter", text: "label:-cat" }, false],
])

table("names of parts", nameOf, [
  [{ kind: "words", text: "a beach" }, "a beach"],
  [{ kind: "picture", name: "cat.jpg" }, "cat.jpg"],
  [{ kind: "more", name: "cat.jpg" }, "More like cat.jpg"],
  [{ kind: "less", name: "cat.jpg" }, "Less like cat.jpg"],
])

table("what may be typed on", (before, keys = KEYS) => offers(before, keys).map(({ insert }) => insert), [
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
  [{ location: "/pictures/a.jpg" }, "This is the path of a picture. It was searched for as words."],
  [{ location: "https://x.org/a.jpg" }, "This is the URL of a picture. It was searched for as words."],
  [{ location: "C:\\a.jpg" }, "This is the path of a picture. It was searched for as words."],
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

table("addresses that are a search", address => Boolean(isSearch(address)), [
  ["?q=cat", true],
  ["?image=x", true],
  ["?more=x", true],
  ["?less=x", true],
  ["?k=12", false],
  ["?q=", false],
  ["", false],
])

table("pictures of an address", picturesOf, [
  [`?image=${HASH}:0.5&q=cat`, [HASH]],
  [`?image=${HASH}&more=${"b".repeat(64)}`, [HASH, "b".repeat(64)]],
  ["?image=../../etc", []],
  ["", []],
])
