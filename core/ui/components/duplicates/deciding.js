// What is decided about groups: it shows at once, and is taken back where it fails.

import { sentence } from "../shared/requests.js"
import { after, decided } from "./groups/marks.js"
import { allOf } from "./groups/store.js"
import { done } from "./words.js"

/** @import { Card } from "./groups/card.js" */
/** @import { Review } from "./duplicates.js" */
/** @import { Store } from "./groups/store.js" */

const READING_TIME = 5000 // milliseconds that undoing is offered beside what was done

export class Deciding {
  /** @param {Review} review */
  constructor(review) {
    this.review = review
  }

  /**
   * The group leaves the list, or shows as decided there; the next has the focus.
   * @param {Card} card
   */
  decide(card, decision = decided(card.group, card.kept)) {
    const { store, list, listing } = this.review
    const { group } = card
    const focused = list.holdsFocus
    const leaves = listing.standing === (decision.clear ? "decided" : "open")
    const at = store.place(group.key)
    if (at < 0) return // decided already
    if (leaves) store.remove(group)
    else store.replace(after(group, decision))
    if (leaves) list.cards.delete(group.key)
    const sent = store.send("decisions", decision)
    if (focused) list.focus(leaves ? at : at + 1)
    this.review.paint()
    this.review.announce(done(decision))
    sent.then(
      () => this.onDecided(store, done(decision), group.count === group.members.length),
      error => this.onRefused(store, card, leaves ? at : -1, error)
    )
  }

  /**
   * @param {Store} store
   * @param {string} words
   * @param {boolean} whole Whether all of the group was decided.
   */
  onDecided(store, words, whole) {
    const { toast } = this.review
    toast.show(words, { button: "Undo", pressed: () => this.undo() })
    toast.fading = setTimeout(() => toast.hide(), READING_TIME)
    if (store !== this.review.store) return
    if (whole) this.review.count()
    else this.review.renew() // what was not shown of a very large group is still to be decided
  }

  /**
   * As it was before.
   * @param {Store} store
   * @param {Card} card
   * @param {number} at Where it was; less than 0 where it still is.
   * @param {unknown} error
   */
  onRefused(store, card, at, error) {
    const { toast, list } = this.review
    toast.failed(`Not saved. ${sentence(error)}`)
    if (store !== this.review.store) return
    if (at < 0) store.replace(card.group)
    else store.restore(card.group, at)
    list.cards.set(card.group.key, card)
    this.review.paint()
  }

  async decideAll() {
    const { store, listing, toast } = this.review
    const { title } = await store.send("decisions/all", allOf(listing))
    toast.done(`${title}.`)
    this.review.announce(`${title}.`)
    this.review.renew()
  }

  async undo() {
    const { store, toast } = this.review
    try {
      const { title } = await store.send("undo", {})
      toast.done(`Undone: ${title}.`)
      this.review.announce(`Undone: ${title}.`)
    } catch (error) {
      return toast.failed(sentence(error))
    }
    this.review.renew()
  }
}
