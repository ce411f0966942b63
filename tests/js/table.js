// Tests from tables: each row is what is given, and what comes of it.

import assert from "node:assert/strict"
import { test } from "node:test"

/**
 * @param {string} name
 * @param {(...given: any[]) => unknown} subject
 * @param {[...any[]][]} rows The last of each row is the result.
 */
export function table(name, subject, rows) {
  test(name, async context => {
    for (const row of rows) {
      const [given, expected] = [row.slice(0, -1), row.at(-1)]
      await context.test(JSON.stringify(given), () => assert.deepEqual(subject(...given), expected))
    }
  })
}
