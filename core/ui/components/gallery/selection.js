// Which pictures are chosen, by the ids of their records. Kept while pages are loaded, and until another search.

/** @import { Known } from "./types.d.ts" */

export class Selection {
  /** @type {Map<string, Known>} */
  chosen = new Map() // by id
  /** @type {string | null} */
  anchor = null // where a range begins
  /** @type {Map<string, Known> | null} */
  base = null // what was chosen before the range began

  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed
  }

  get size() {
    return this.chosen.size
  }

  get items() {
    return [...this.chosen.values()]
  }

  /** @param {string} id */
  has(id) {
    return this.chosen.has(id)
  }

  /** @param {Known} item */
  toggle(item) {
    if (!this.chosen.delete(item.id)) this.chosen.set(item.id, item)
    this.begin(item.id)
    this.changed()
  }

  /**
   * The pictures from the anchor to this one, in place of the range before it.
   * @param {Known[]} items
   * @param {string} id
   * @param {string} [from] Where it begins if there is no anchor among them.
   */
  extend(items, id, from = id) {
    if (!items.some(item => item.id === this.anchor)) this.begin(from)
    this.base ??= new Map(this.chosen)
    const [first, last] = [this.anchor, id].map(end => items.findIndex(item => item.id === end)).sort((a, b) => a - b)
    this.chosen = new Map(this.base)
    for (const item of items.slice(first, last + 1)) this.chosen.set(item.id, item)
    this.changed()
  }

  /** @param {Known[]} items */
  add(items) {
    for (const item of items) this.chosen.set(item.id, item)
    this.base = null
    this.changed()
  }

  clear() {
    this.chosen.clear()
    this.begin(null)
    this.changed()
  }

  /**
   * What is known of them may be newer now.
   * @param {Known[]} items
   */
  renew(items) {
    for (const item of items) if (this.has(item.id)) this.chosen.set(item.id, item)
  }

  /** @param {string | null} id */
  begin(id) {
    this.anchor = id
    this.base = null
  }
}
