// What a visitor changes shows at once, and the page answers later. An answer to an earlier change must not undo a
// later one: each change has a number, and the data says which one it knows of.

/** @import { Answered, Edit } from "./types.d.ts" */

export const ASKED = "image-search:asked" // the mark from which the gallery measures how long the page takes

export class Edits {
  sent = 0

  /** @param {string} name Of the trigger. */
  constructor(name) {
    this.name = name
  }

  /**
   * @param {(name: string, edit: Edit) => void} trigger
   * @param {unknown} value
   */
  send(trigger, value) {
    this.sent += 1
    performance.mark(ASKED)
    trigger(this.name, { edit: this.sent, value })
  }

  /**
   * Whether the data knows of all changes.
   * @param {Answered} data
   */
  settles({ answered }) {
    this.sent = Math.max(this.sent, answered) // more where the elements were made anew
    return answered === this.sent
  }
}
