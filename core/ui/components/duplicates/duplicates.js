// The review of duplicates. Python sends the `routes` of the app, the `summary` of the last scan, and whether the
// visitor `decides`; all else is asked for by URL. What is decided shows at once, and is taken back where it fails.

import { Compare } from "../compare/compare.js"
import { closest, finder, mounting } from "../shared/base.js"
import { ask, Latest, sentence, stopped } from "../shared/requests.js"
import { below } from "../shared/routes.js"
import { Toast } from "../shared/notices/toast.js"
import { Confirm } from "./tools/confirm.js"
import { Deciding } from "./deciding.js"
import { ReviewHead } from "./tools/head.js"
import { Keys } from "./keys.js"
import { toKnown } from "./groups/known.js"
import { List } from "./groups/list.js"
import { decided, distinct, reopened, toggled } from "./groups/marks.js"
import { Reasons } from "./tools/reasons.js"
import { Shortcuts } from "./tools/shortcuts.js"
import { Sides } from "./tools/sides.js"
import { Store } from "./groups/store.js"
import { Takeaway } from "./tools/takeaway.js"
import { found, LEVEL_NAMES, LEVELS } from "./words.js"

/** @import { Trigger } from "../shared/types.d.ts" */
/** @import { Card } from "./groups/card.js" */
/** @import { DuplicatesData, Listing, Summary } from "./types.d.ts" */

const COUNTED = 600 // milliseconds after a decision before everything is counted again

export default mounting(".duplicates", (root, data, trigger) => new Review(root, data, trigger))

export class Review {
  /** @type {Listing} */
  listing = { level: "same-bytes", standing: "open", threshold: null, reasons: [], folders: [], within: "", against: "" }
  counting = new Latest()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  soon
  stamp = "" // of the scan that is shown

  /**
   * @param {HTMLElement} root
   * @param {DuplicatesData} data
   * @param {Trigger} trigger
   */
  constructor(root, data, trigger) {
    this.root = root
    this.data = data
    this.trigger = trigger
    this.summary = data.summary
    this.find = finder(root)
    this.list = new List(root)
    this.toast = new Toast(this.find(".toast"))
    this.compare = new Compare(this.find(".compare", HTMLDialogElement))
    this.confirm = new Confirm(this.find(".confirm", HTMLDialogElement))
    this.head = new ReviewHead(root, changed => this.change(changed))
    this.shortcuts = new Shortcuts(this.find(".shortcuts"), this.find(".keys"))
    this.takeaway = new Takeaway(this.find(".download"), this.find(".downloads"))
    this.reasons = new Reasons(this.find(".reasons-opener"), this.find(".reasons"), () => this.change(this.kept()))
    this.sides = new Sides(this.find(".sides-opener"), this.find(".sides"), () => this.change(this.kept()))
    this.deciding = new Deciding(this)
    this.store = this.newStore()
    this.keys = new Keys(this)
    this.listen()
  }

  listen() {
    const { list } = this.list
    list.onclick = event => this.onClick(event)
    this.find(".undo").onclick = () => this.deciding.undo()
    this.find(".decide-all").onclick = () => this.confirm.ask(this.store, () => this.deciding.decideAll())
    this.find(".again").onclick = () => this.renew()
  }

  close() {
    clearTimeout(this.soon)
    this.store.stop()
    this.counting.stop()
    for (const open of [this.keys, this.list, this.head, this.compare]) open.close()
    for (const { floating } of [this.shortcuts, this.takeaway, this.reasons, this.sides]) floating.close()
    this.confirm.dialog.close()
    this.toast.hide()
  }

  /** @param {DuplicatesData} data */
  show(data) {
    const stamp = JSON.stringify([data.summary.scanned_at, data.routes])
    const another = stamp !== this.stamp
    Object.assign(this, { data, stamp, summary: data.summary })
    Object.assign(this.list, { routes: data.routes, decides: data.decides })
    this.sides.offer(data.folders, data.collections)
    if (another) this.begin()
    else this.paint()
  }

  // Another scan: the first level that has something to decide.
  begin() {
    const { levels } = this.summary
    const level = LEVEL_NAMES.find(name => levels[name].groups) ?? "same-bytes"
    this.change({ ...this.kept(), level })
  }

  kept() {
    const { reasons, sides } = this
    return { reasons: reasons.order, folders: reasons.folders, within: sides.within, against: sides.against }
  }

  newStore() {
    return new Store(this.data.routes.duplicates, this.listing, {
      changed: () => this.onLoaded(),
      failed: error => this.say(sentence(error)),
    })
  }

  /** @param {Partial<Listing>} changed */
  change(changed) {
    this.listing = { ...this.listing, ...changed }
    this.store.stop()
    this.store = this.newStore()
    this.list.begin(this.store)
    this.say("")
    this.paint()
    this.store.load(0)
  }

  // The same list, asked for anew.
  renew() {
    this.say("")
    this.store.renew()
    this.list.cards.clear()
    this.store.load(0)
    this.count(0)
  }

  onLoaded() {
    const { current } = this.list
    if (current >= this.store.total) this.list.current = Math.max(0, this.store.total - 1)
    this.paint()
  }

  paint() {
    const { store, listing, summary, data } = this
    this.head.show(listing, summary)
    this.takeaway.show(summary, data)
    this.find(".found").textContent = store.known ? (store.total ? found(store) : "") : "Looking for groups…"
    const all = this.find(".decide-all")
    all.hidden = !(data.decides && listing.standing === "open" && store.total)
    all.textContent = `Keep the suggested in all ${store.total.toLocaleString("en")}…`
    this.paintUndo()
    this.paintNothing()
    this.list.later()
  }

  paintUndo() {
    const { last_action: last } = this.summary
    this.find(".undo").hidden = !(last && this.data.decides)
    this.find(".undo").title = last ? `Undo: ${last.title} (U)` : ""
  }

  paintNothing() {
    const { store, listing } = this
    const none = store.known && !store.total
    this.find(".nothing").hidden = !none
    if (!none) return
    const { decided: count } = this.summary.levels[listing.level]
    const sided = listing.within || listing.against
    const words =
      listing.standing === "decided" ? "Nothing is decided yet."
      : sided ? "No group has pictures in both folders."
      : count && listing.standing === "open" ? "All groups are decided."
      : LEVELS[listing.level].none
    this.find(".nothing-words").textContent = words
  }

  /** @param {string} trouble */
  say(trouble) {
    const box = this.find(":scope > .trouble")
    box.hidden = !trouble
    const [words] = box.children
    words.textContent = trouble
  }

  /** @param {string} text */
  announce(text) {
    this.find(".announcement").textContent = text
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const card = this.list.cardOf(event)
    const button = closest(event, "button")
    if (!card || !button) return
    const id = closest(event, ".member")?.dataset.id
    if (button.matches(".look")) this.look(card)
    else if (!this.data.decides) this.look(card, id)
    else if (button.matches(".decide")) this.deciding.decide(card)
    else if (button.matches(".reopen")) this.deciding.decide(card, reopened(card.group))
    else if (button.matches(".not-duplicates")) this.deciding.decide(card, distinct(card.group))
    else if (id) this.mark(card, toggled(card.kept, id))
  }

  /**
   * @param {Card} card
   * @param {Set<string>} kept
   */
  mark(card, kept) {
    if (kept === card.kept) this.announce("At least one picture of a group is kept.")
    card.kept = kept
    this.list.paint()
    this.compare.renew()
  }

  /**
   * Everything is counted again, once for several decisions.
   * @param {number} [wait] Milliseconds.
   */
  count(wait = COUNTED) {
    clearTimeout(this.soon)
    this.soon = setTimeout(() => this.countNow(), wait)
  }

  async countNow() {
    try {
      /** @type {Summary} */
      this.summary = await ask(this.data.routes.duplicates, undefined, this.counting.begin())
    } catch (error) {
      if (stopped(error)) return
    }
    this.paint()
  }

  /**
   * Beside the one that is kept.
   * @param {Card} card
   * @param {string} [id]
   */
  look(card, id) {
    const { members } = card.group
    const first = Math.max(0, members.findIndex(one => card.kept.has(one.id)))
    const wanted = members.findIndex(one => one.id === id)
    const second = wanted >= 0 && wanted !== first ? wanted : members.findIndex((_, at) => at !== first)
    const { duplicates, ...routes } = this.data.routes
    this.compare.open({
      items: members.map(toKnown),
      routes: { ...routes, pair: below(duplicates, "pair") },
      first,
      second,
      choices: item => this.choices(card, item.id),
      keys: key => this.onCompareKey(key, card),
      closed: () => this.list.focus(this.list.current),
    })
  }

  /**
   * @param {Card} card
   * @param {string} id
   */
  choices(card, id) {
    if (!this.data.decides) return []
    const kept = card.kept.has(id)
    return [{ label: kept ? "Keep" : "Set aside", pressed: kept, run: () => this.mark(card, toggled(card.kept, id)) }]
  }

  /**
   * A group is decided while it is looked at, and the next shown.
   * @param {string} key
   * @param {Card} card
   */
  onCompareKey(key, card) {
    const decision = { Enter: decided(card.group, card.kept), n: distinct(card.group) }[key]
    if (!decision || !this.data.decides) return false
    this.deciding.decide(card, decision)
    this.list.paint()
    const next = this.list.card(this.listing.standing === "open" ? this.list.current : this.list.current + 1)
    if (next && next !== card) this.look(next)
    else this.compare.dialog.close()
    return true
  }
}
