// What a visitor changes shows at once, and the page answers later. An answer to an earlier change must not undo a
// later one: each change has a number, and the data says which one it knows of.

/** @import { Answered, Edit } from "./types.d.ts" */

export const ASKED = "image-search:asked" // the mark from which the gallery measures how long the page takes

export const RETURNED = "image-search:returned" // the event: a process has drawn the page that may know of no edit

const LOST = 4000 // milliseconds
const NOTHING = () => {}

/** @type {Set<Edits>} Those that were sent something which is not answered yet. */
const unanswered = new Set()

globalThis.document?.addEventListener(RETURNED, () => {
  for (const edits of unanswered) edits.once()
})

/** Streamlit may lose the last of several that come in quick succession: it is sent once more. */
export class Edits {
  sent = 0
  known = 0
  again = NOTHING
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  waiting = undefined

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
    const edit = { edit: this.sent, value }
    clearTimeout(this.waiting)
    this.again = () => trigger(this.name, edit)
    unanswered.add(this)
    trigger(this.name, edit)
  }

  once() {
    const { again } = this
    this.forget()
    again()
  }

  forget() {
    this.again = NOTHING
    unanswered.delete(this)
  }

  /**
   * Whether the data knows of all changes.
   * @param {Answered} data
   */
  settles({ answered }) {
    const isAnother = answered < this.known // process of the app, which knows of none; nor does the page, if all are answered
    this.known = answered
    this.sent = isAnother && !unanswered.has(this) ? answered : Math.max(this.sent, answered) // more where the elements were made anew
    const isSettled = answered === this.sent
    clearTimeout(this.waiting)
    if (isSettled) this.forget()
    else this.waiting = setTimeout(() => this.once(), LOST)
    return isSettled
  }
}
