// In place of the network, for one test.

/** @import { TestContext } from "node:test" */

/**
 * @param {TestContext} context
 * @param {(url: string, init: RequestInit) => Promise<Response>} answer
 */
export function answering(context, answer) {
  context.mock.method(globalThis, "fetch", answer)
}
