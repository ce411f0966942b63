// The modules as a whole: what each exports is used, and each class has a name of its own.

import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { test } from "node:test"

const COMPONENTS = "core/ui/components"
const IMPORT = /import\s+\{([^}]*)\}\s+from "(\.[^"]+)"/g // in comments too: types are imported there
const EXPORT = /^export (?:async )?(?:function\*?|class|const|interface|type) (\w+)/gm
const EXPORT_PAIR = /^export const \[([^\]]+)\]/gm
const TYPEDEF = /@typedef \{[^\n]*\} (\w+)/g
const CLASS = /^(?:export )?class (\w+)/gm

/**
 * @param {string} folder
 * @returns {[file: string, text: string][]}
 */
function read(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: "utf-8" }).filter(file => /\.(js|d\.ts)$/.test(file))
  return files.map(file => [normalize(join(folder, file)), readFileSync(join(folder, file), "utf-8")])
}

const modules = new Map(read(COMPONENTS))
const tests = read("tests/js")

/**
 * @param {string} text
 * @param {RegExp} pattern
 */
function names(text, pattern) {
  return [...text.matchAll(pattern)].flatMap(([, found]) => found.split(/\s*,\s*/))
}

// What is imported from anywhere, as "file name".
function imported() {
  const found = new Set()
  for (const [file, text] of [...modules, ...tests]) {
    for (const [, list, path] of text.replace(/^import type/gm, "import").matchAll(IMPORT)) {
      for (const name of list.split(",")) found.add(`${normalize(join(dirname(file), path))} ${name.trim()}`)
    }
  }
  return found
}

test("what a module exports, another imports", () => {
  const used = imported()
  assert.ok(used.size > 150)
  const unused = [...modules].flatMap(([file, text]) => {
    const once = (/** @type {string} */ name) => !file.endsWith(".d.ts") || text.match(new RegExp(`\\b${name}\\b`, "g"))?.length === 1
    const exported = [EXPORT, EXPORT_PAIR].flatMap(pattern => names(text, pattern))
    return exported.map(name => `${file} ${name}`).filter(name => !used.has(name) && once(name.split(" ")[1]))
  })
  assert.deepEqual(unused, [])
})

test("what is imported is exported", () => {
  const exported = new Set()
  for (const [file, text] of modules) {
    for (const name of [EXPORT, EXPORT_PAIR, TYPEDEF].flatMap(pattern => names(text, pattern))) exported.add(`${file} ${name}`)
  }
  for (const name of imported()) if (name.startsWith(COMPONENTS)) assert.ok(exported.has(name), name)
})

test("no two classes, and no class of the browser's, have the same name", () => {
  const classes = [...modules.values()].flatMap(text => names(text, CLASS))
  assert.ok(classes.length > 30)
  assert.deepEqual(classes.filter((name, at) => classes.indexOf(name) !== at || name in globalThis), [])
})

test("no type is any, and no check is turned off", () => {
  for (const [file, text] of [...modules, ...tests]) {
    assert.doesNotMatch(text, /@[t]s-|(?::|<|\|) *any\b/, file)
    for (const [tag] of text.matchAll(/@(?:type|param|returns|typedef|template|extends)\b[^{\n]*\{[^\n]*/g)) {
      assert.doesNotMatch(tag.replace(/\}[^{}]*$/, ""), /\bany\b/, file)
    }
  }
})
