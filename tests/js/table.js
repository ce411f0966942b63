// Tests from tables: each row is what is given, and what comes of it.

import assert from "node:assert/strict"
import { test } from "node:test"

/**
 * What a function can be called with: without any, some or all of those that need not be given.
 *
 * @template {unknown[]} Given
 * @typedef {Given extends Required<Given> ? Given : Required<Given> | (Given extends [...infer Fewer, _?: unknown] ? Calls<Fewer> : never)} Calls
 */

/**
 * @template {(...given: never[]) => unknown} Subject
 * @typedef {[...given: Calls<Parameters<Subject>>, expected: ReturnType<Subject>]} Row
 */

/**
 * @template {(...given: never[]) => unknown} Subject
 * @param {string} name
 * @param {Subject} subject
 * @param {Row<Subject>[]} rows
 */
export function table(name, subject, rows) {
  test(name, async context => {
    for (const row of rows) {
      const given = /** @type {never[]} */ (row.slice(0, -1))
      await context.test(JSON.stringify(given), () => assert.deepEqual(subject(...given), row.at(-1)))
    }
  })
}
