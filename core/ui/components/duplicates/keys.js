// The review by keyboard alone.

import { closest, happenedOn } from "../shared/base.js"
import { decided, distinct, toggled } from "./groups/marks.js"

/** @import { Card } from "./groups/card.js" */
/** @import { Review } from "./duplicates.js" */

const TYPED = "textarea, input:not([type=radio], [type=range])" // where letters are text

export class Keys {
  leaving = new AbortController()

  /** @param {Review} review */
  constructor(review) {
    this.review = review
    this.list = review.list
    const { signal } = this.leaving
    document.addEventListener("keydown", event => event.target === document.body && this.onKey(event), { signal, capture: true })
    review.root.onkeydown = event => this.onKey(event)
    review.root.onkeyup = event => {
      if (event.key === " " && happenedOn(event, ".mark")) event.preventDefault() // it has marked: it is no click
    }
  }

  close() {
    this.leaving.abort()
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    event.stopPropagation() // Streamlit has shortcuts of its own on single letters
    if (event.ctrlKey || event.metaKey || event.altKey || happenedOn(event, TYPED)) return
    if (closest(event, "[popover], dialog")) return
    const card = this.list.cardAt(this.list.current)
    if (this.onAnyKey(event.key) || (card && this.onGroupKey(event, card))) event.preventDefault()
  }

  /** @param {string} key */
  onAnyKey(key) {
    if (key === "?") this.review.shortcuts.toggle()
    else if (key === "u" && this.review.data.decides) this.review.deciding.undo()
    else if (key === "j") this.list.focus(this.list.current + (this.list.holdsFocus ? 1 : 0))
    else if (key === "k") this.list.focus(this.list.current - (this.list.holdsFocus ? 1 : 0))
    else return false
    return true
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Card} card
   */
  onGroupKey(event, card) {
    const { key } = event
    if (!closest(event, ".group")) return false
    const { current } = this.list
    const on = closest(event, ".mark")
    const at = on ? card.marks.indexOf(on) : 0
    const id = closest(event, ".member")?.dataset.id
    const moves = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: card.marks.length - 1 }
    if (key === "ArrowDown") this.list.focus(current + 1)
    else if (key === "ArrowUp") this.list.focus(current - 1)
    else if (key in moves) card.rove(moves[/** @type {keyof typeof moves} */ (key)])?.focus()
    else if (key.toLowerCase() === "c") this.review.look(card, id)
    else return this.review.data.decides && this.onDeciding(event, card, id)
    return true
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Card} card
   * @param {string | undefined} id
   */
  onDeciding(event, card, id) {
    const key = event.key.toLowerCase()
    const number = /^[1-9]$/.test(key) ? card.group.members[Number(key) - 1] : undefined
    if (key === "enter" && happenedOn(event, ".mark")) this.review.deciding.decide(card)
    else if (key === " " && id && happenedOn(event, ".mark")) this.review.mark(card, toggled(card.kept, id))
    else if (key === "x" && id) this.review.mark(card, card.kept.has(id) ? toggled(card.kept, id) : card.kept)
    else if (key === "a") this.review.deciding.decide(card, decided(card.group, new Set(card.group.members.map(one => one.id))))
    else if (key === "n") this.review.deciding.decide(card, distinct(card.group))
    else if (number) this.review.mark(card, new Set([number.id]))
    else return false
    return true
  }
}
