// The groups of a list, of which pages are asked for as they are wanted; and what is being decided about them.

import { ask } from "../../shared/requests.js"
import { below, withParameter } from "../../shared/routes.js"

/** @import { Action, Decided, Group, GroupPage, Listing } from "../types.d.ts" */

export const PAGE = 50

export class Store {
  /** @type {(Group | undefined)[]} */
  slots = [] // in the order of the list
  total = 0
  gain = 0
  records = 0
  known = false // whether anything was answered
  /** @type {Set<number>} */
  asked = new Set() // pages on their way
  sent = 0 // decisions: an answer that was on its way meanwhile is of another list
  stopping = new AbortController()
  /** @type {Promise<unknown>} */
  deciding = Promise.resolve()

  /**
   * @param {string} url Of the route `duplicates`.
   * @param {Listing} listing
   * @param {{ changed: () => void, failed: (error: unknown) => void }} handlers
   */
  constructor(url, listing, { changed, failed }) {
    this.url = url
    this.listing = listing
    this.changed = changed
    this.failed = failed
  }

  stop() {
    this.stopping.abort()
  }

  /** @param {number} at */
  has(at) {
    return this.slots[at] !== undefined
  }

  /**
   * A page, unless it is on its way. What is being decided comes first: the list is another one then.
   * @param {number} page
   */
  async load(page) {
    const { signal } = this.stopping
    if (this.asked.has(page) || signal.aborted) return
    this.asked.add(page)
    try {
      await this.fetch(page, signal)
    } catch (error) {
      if (!signal.aborted) this.failed(error)
    } finally {
      this.asked.delete(page)
    }
    if (!signal.aborted) this.changed()
  }

  /**
   * @param {number} page
   * @param {AbortSignal} signal
   */
  async fetch(page, signal) {
    for (;;) {
      await this.deciding
      const { sent } = this
      /** @type {GroupPage} */
      const answer = await ask(listed(this.url, this.listing, page * PAGE), undefined, signal)
      if (sent === this.sent) return this.take(answer)
    }
  }

  /** @param {GroupPage} page */
  take({ groups, total, offset, gain, records }) {
    Object.assign(this, { total, gain, records, known: true })
    this.slots.length = total
    for (const [at, group] of groups.entries()) if (offset + at < total) this.slots[offset + at] = group
  }

  /**
   * Asked for anew, as far as it is looked at.
   */
  renew() {
    this.stopping.abort()
    this.stopping = new AbortController()
    this.asked.clear()
    this.slots = Array(this.total)
  }

  /** @param {string} key */
  place(key) {
    return this.slots.findIndex(group => group?.key === key)
  }

  /** @param {Group} group */
  remove(group) {
    const at = this.place(group.key)
    if (at < 0) return at
    this.slots.splice(at, 1)
    this.count(group, -1)
    return at
  }

  /**
   * @param {Group} group
   * @param {number} at
   */
  restore(group, at) {
    this.slots.splice(at, 0, group)
    this.count(group, 1)
  }

  /** @param {Group} group */
  replace(group) {
    const at = this.place(group.key)
    if (at >= 0) this.slots[at] = group
  }

  /**
   * @param {Group} group
   * @param {1 | -1} by
   */
  count({ gain, count }, by) {
    this.total += by
    this.gain += by * gain
    this.records += by * count
  }

  /**
   * One after the other, in the order in which they were made.
   * @param {string} route Below `duplicates`.
   * @param {Decided | object} body
   * @returns {Promise<Action>}
   */
  send(route, body) {
    this.sent += 1
    const sent = this.deciding.catch(() => {}).then(() => ask(below(this.url, ...route.split("/")), body))
    this.deciding = sent.catch(() => {})
    return /** @type {Promise<Action>} */ (sent)
  }
}

/**
 * The URL of a page of a list.
 * @param {string} url
 * @param {Listing} listing
 * @param {number} offset
 */
export function listed(url, { level, standing, threshold, reasons, folders, within, against }, offset) {
  const given = { level, standing, threshold: threshold === null ? "" : String(threshold), reasons: reasons.join(","), within, against }
  const parameters = Object.entries({ ...given, offset: String(offset), limit: String(PAGE) })
  const better = folders.map(folder => /** @type {[string, string]} */ (["better", folder]))
  return [...parameters.filter(([, value]) => value), ...better].reduce(
    (made, [name, value]) => withParameter(made, name, value),
    below(url, "groups")
  )
}

/**
 * What decides on all groups of a list.
 * @param {Listing} listing
 */
export function allOf({ level, threshold, reasons, folders, within, against }) {
  return { level, threshold, reasons, folders, within, against }
}
