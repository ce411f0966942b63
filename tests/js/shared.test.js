// What the components share: order of elements, edits, requests, what is sent.

import assert from "node:assert/strict"
import { test } from "node:test"

import { arrange } from "../../core/ui/components/shared/base.js"
import { Edits } from "../../core/ui/components/shared/edits.js"
import { ask, askForLines, Latest, sentence, stopped } from "../../core/ui/components/shared/requests.js"
import { below, withParameter } from "../../core/ui/components/shared/routes.js"
import { isArchive, kindOf, received } from "../../core/ui/components/shared/upload_client.js"
import { dropped } from "../../core/ui/components/uploads/chosen.js"
import { Upload } from "../../core/ui/components/uploads/upload.js"
import { answering } from "./answering.js"
import { table } from "./table.js"

/** @import { Edit } from "../../core/ui/components/shared/types.d.ts" */
/** @typedef {{ name: string, remove: () => void, nextElementSibling: Child | null }} Child */

// As much of an element as `arrange` asks for; it notes what was moved.
class Parent {
  /** @type {string[]} */
  moved = []

  /** @param {string[]} names */
  constructor(names) {
    this.children = names.map(name => this.child(name))
  }

  /**
   * @param {string} name
   * @returns {Child}
   */
  child(name) {
    const parent = this
    return {
      name,
      remove() {
        parent.children.splice(parent.children.indexOf(this), 1)
      },
      get nextElementSibling() {
        return parent.children[parent.children.indexOf(this) + 1] ?? null
      },
    }
  }

  get firstElementChild() {
    return this.children[0] ?? null
  }

  /**
   * @param {Child} child
   * @param {Child | null} place
   */
  insertBefore(child, place) {
    this.moved.push(child.name)
    if (this.children.includes(child)) child.remove()
    this.children.splice(place ? this.children.indexOf(place) : this.children.length, 0, child)
  }
}

/**
 * @param {string} before A letter for each element.
 * @param {string} after
 * @returns {[after: string, moved: string]}
 */
function arranged(before, after) {
  const parent = new Parent([...before])
  const known = new Map(parent.children.map(child => [child.name, child]))
  const wanted = [...after].map(name => known.get(name) ?? parent.child(name))
  arrange(/** @type {Element} */ (/** @type {unknown} */ (parent)), /** @type {Element[]} */ (/** @type {unknown} */ (wanted)))
  return [parent.children.map(({ name }) => name).join(""), parent.moved.join("")]
}

table("elements in order, of which only those out of place are moved", arranged, [
  ["abc", "abc", ["abc", ""]],
  ["abc", "ac", ["ac", ""]],
  ["ac", "abc", ["abc", "b"]],
  ["abc", "cab", ["cab", "c"]],
  ["abc", "", ["", ""]],
  ["", "ab", ["ab", "ab"]],
  ["abc", "xyz", ["xyz", "xyz"]],
])

test("an answer to an earlier edit does not settle a later one", () => {
  const edits = new Edits("k")
  /** @type {[name: string, edit: Edit][]} */
  const sent = []
  const trigger = (/** @type {[name: string, edit: Edit]} */ ...args) => sent.push(args)
  assert.ok(edits.settles({ answered: 0 }))
  edits.send(trigger, 12)
  edits.send(trigger, 24)
  assert.deepEqual(sent, [["k", { edit: 1, value: 12 }], ["k", { edit: 2, value: 24 }]])
  assert.ok(!edits.settles({ answered: 1 }))
  assert.ok(edits.settles({ answered: 2 }))
})

test("edits made before the elements were made anew are counted on", () => {
  const edits = new Edits("k")
  assert.ok(edits.settles({ answered: 7 }))
  edits.send((_, { edit }) => assert.equal(edit, 8), "x")
})

test("another process of the app, which has answered none of the edits", () => {
  const edits = new Edits("k")
  /** @type {number[]} */
  const sent = []
  const trigger = (/** @type {string} */ _, /** @type {Edit} */ { edit }) => sent.push(edit)
  edits.send(trigger, "x")
  assert.ok(edits.settles({ answered: 1 }))
  assert.ok(edits.settles({ answered: 0 }), "what it shows counts")
  edits.send(trigger, "y")
  assert.ok(edits.settles({ answered: 1 }))
  edits.send(trigger, "lost with the first")
  assert.ok(!edits.settles({ answered: 0 }))
  edits.once() // as when the page has been drawn
  assert.deepEqual(sent, [1, 1, 2, 2])
  assert.ok(edits.settles({ answered: 2 }))
})

test("what a route answers", async context => {
  answering(context, async (url, { method, body, headers }) => {
    return Response.json({ url, method, body, type: new Headers(headers).get("Content-Type") ?? undefined })
  })
  assert.deepEqual(await ask("/api/x"), { url: "/api/x", method: "GET" })
  const posted = { url: "/api/x", method: "POST", body: '{"a":1}', type: "application/json" }
  assert.deepEqual(await ask("/api/x", { a: 1 }), posted)
})

test("what goes wrong is a sentence", async context => {
  /** @type {[answer: () => Promise<Response>, message: string][]} */
  const failures = [
    [async () => Response.json({ error: "No.", remedy: "Try it." }, { status: 400 }), "No. Try it."],
    [async () => new Response("<html>", { status: 502 }), "The server failed (502)."],
    [async () => new Response("{"), "The answer was cut off. Try again."],
    [() => Promise.reject(new TypeError("fetch failed")), "The server does not answer."],
  ]
  for (const [answer, message] of failures) {
    answering(context, answer)
    await assert.rejects(ask("/api/x"), { message })
    context.mock.restoreAll()
  }
})

test("lines are read wherever the pieces end", async context => {
  const pieces = ['{"a":1}\n{"b"', ':"é', '"}\n\n{"c":3}']
  const body = () => new ReadableStream({
    start(stream) {
      for (const piece of pieces) stream.enqueue(new TextEncoder().encode(piece))
      stream.close()
    },
  })
  answering(context, async () => new Response(body()))
  /** @type {unknown[]} */
  const lines = []
  for await (const line of askForLines("/api/x", {})) lines.push(line)
  assert.deepEqual(lines, [{ a: 1 }, { b: "é" }, { c: 3 }])
})

test("beginning a task stops the one before", () => {
  const latest = new Latest()
  const [first, second] = [latest.begin(), latest.begin()]
  assert.deepEqual([first.aborted, second.aborted], [true, false])
  latest.stop()
  assert.ok(second.aborted)
  assert.ok(stopped(second.reason))
})

table("archives", isArchive, [
  ["a.ZIP", true],
  ["a.zip.jpg", false],
  ["zip", false],
])

table("what a file is sent as", kindOf, [
  [{ name: "a.zip", type: "image/png" }, "application/zip"],
  [{ name: "a.png", type: "image/png" }, "image/png"],
  [{ name: "a.txt", type: "text/plain" }, "application/octet-stream"],
  [{ name: "a", type: "" }, "application/octet-stream"],
])

const LIMITS = { image: 10, archive: 30, part: 20, files: 5 }
const made = () => new Upload({ upload_url: "", done_url: "", suffixes: [".jpg", ".png"], parts: [".txt", ".json"], limits: LIMITS })

table("files that are taken", (/** @type {string} */ name) => [made().takes(name), made().isPart(name), made().limit(name)], [
  ["a.JPG", [true, false, 10]],
  ["a.zip", [true, false, 30]],
  ["a.txt", [false, true, 20]],
  [".hidden.jpg", [false, false, 20]],
  ["a.doc", [false, false, 20]],
])

/**
 * @param {string} path
 * @param {string} picture
 */
function tells(path, picture) {
  const upload = made()
  upload.files = [{ name: picture, path: picture, file: null }]
  return upload.tells({ path })
}

table("files that say what is in pictures", tells, [
  ["a.txt", "a.jpg", true],
  ["b.txt", "a.jpg", false],
  ["labels/b.txt", "a.jpg", true],
  ["classes.txt", "a.jpg", true],
  ["coco.json", "a.jpg", true],
  ["a.jpg.json", "a.jpg", false],
])

table("what comes back for a file, ours or a proxy's", received, [
  ['{"id":"a","name":"a.jpg"}', { id: "a", name: "a.jpg" }],
  ['{"error":"It is no picture.","detail":{}}', { error: "It is no picture." }],
  ['{"id":7}', {}],
  ["null", {}],
  ["<html>", {}],
  ["", {}],
])

table("what went wrong, in a sentence", sentence, [
  [new Error("It is outside."), "It is outside."],
  ["It is outside.", "It is outside."],
])

/**
 * As a browser hands over a file that was dropped.
 * @param {string} path
 * @param {FileSystemFileEntry["file"]} open
 */
function fileEntry(path, open) {
  return /** @type {FileSystemFileEntry} */ ({ isFile: true, name: nameIn(path), fullPath: path, file: open })
}

/** @param {string} path */
const readable = path => fileEntry(path, given => given(new File(["x"], nameIn(path))))
/** @param {string} path */
const unreadable = path => fileEntry(path, (_, refused) => refused?.(new DOMException("gone")))

/**
 * Folders answer in pieces, the last of them empty.
 * @param {string} path
 * @param {FileSystemEntry[]} children
 */
function folderEntry(path, children) {
  const pieces = [children, []]
  const reader = { readEntries: (/** @type {FileSystemEntriesCallback} */ given) => given(pieces.shift() ?? []) }
  return /** @type {FileSystemDirectoryEntry} */ ({ isFile: false, name: nameIn(path), fullPath: path, createReader: () => reader })
}

/** @param {string} path */
function nameIn(path) {
  return path.slice(path.lastIndexOf("/") + 1)
}

test("files of a dropped folder, one of which cannot be read", async () => {
  const rome = folderEntry("/2024/rome", [readable("/2024/rome/b.jpg")])
  const folder = folderEntry("/2024", [readable("/2024/a.jpg"), rome, unreadable("/2024/c.jpg")])
  const found = []
  for await (const one of dropped({ items: [{ webkitGetAsEntry: () => folder }, { webkitGetAsEntry: () => null }], files: [] })) found.push(one)
  assert.deepEqual(found.map(({ path, file }) => [path, file?.name]), [
    ["2024/a.jpg", "a.jpg"],
    ["2024/rome/b.jpg", "b.jpg"],
    ["2024/c.jpg", undefined],
  ])
})

table("what is added to a route goes before the collection", below, [
  ["/thumbnails", "ab", "/thumbnails/ab"],
  ["/thumbnails?collection=birds", "ab", "/thumbnails/ab?collection=birds"],
  ["/boxes?collection=a%2Cb", "a:0f", "/boxes/a%3A0f?collection=a%2Cb"],
])

table("so does a parameter, beside it", withParameter, [
  ["/uploads", "name", "a b.jpg", "/uploads?name=a%20b.jpg"],
  ["/uploads?collection=birds", "name", "ä&.jpg", "/uploads?collection=birds&name=%C3%A4%26.jpg"],
])

test("a change that the page has lost is sent once more, and only once", ({ mock: { timers } }) => {
  timers.enable({ apis: ["setTimeout"] })
  const edits = new Edits("k")
  /** @type {number[]} */
  const sent = []
  const trigger = (/** @type {string} */ _, /** @type {Edit} */ { edit }) => sent.push(edit)
  edits.send(trigger, 1)
  edits.send(trigger, 2)
  assert.equal(edits.settles({ answered: 1 }), false)
  timers.tick(60_000)
  edits.settles({ answered: 1 })
  timers.tick(60_000)
  assert.deepEqual(sent, [1, 2, 2])
  edits.send(trigger, 3)
  edits.settles({ answered: 2 })
  edits.settles({ answered: 3 })
  timers.tick(60_000)
  assert.deepEqual(sent, [1, 2, 2, 3])
})
