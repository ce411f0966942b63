// The tags of several pictures at one time. Nothing is changed before it is saved.

import { finder } from "../shared/base.js"
import { plural } from "../shared/format.js"
import { ask, Latest, sentence, stopped } from "../shared/requests.js"
import { TagField } from "./tag_field.js"

/** @import { ChangedTags, Known, Tagged } from "./types.d.ts" */

const AT_ONCE = 10_000 // pictures that the server takes

export class TagDialog {
  /** @type {Map<string, boolean>} */
  changes = new Map() // whether a tag is to be there
  /** @type {Known[]} */
  items = []
  /** @type {string[]} */
  known = [] // the tags in use
  url = ""
  latest = new Latest()

  /**
   * @param {HTMLDialogElement} dialog
   * @param {Tagged} saved
   */
  constructor(dialog, saved) {
    this.dialog = dialog
    this.saved = saved
    this.find = finder(dialog)
    this.field = new TagField(this.find(".tag-field"), {
      add: tag => this.change(tag, true),
      remove: tag => this.change(tag, false),
      lasting: true,
    })
    this.find("form").onsubmit = event => {
      event.preventDefault()
      this.save()
    }
    this.find("[value=cancel]").onclick = () => dialog.close()
    dialog.onclick = event => {
      if (event.target === dialog) dialog.close()
    }
    dialog.onclose = () => this.latest.stop()
  }

  /**
   * @param {Known[]} items
   * @param {string[]} known
   * @param {string} url Takes the changes.
   */
  open(items, known, url) {
    this.items = items
    this.known = known
    this.url = url
    this.changes = new Map()
    const count = withCopies(items).length
    const copies = count > items.length ? ", copies included" : ""
    this.find("h2").textContent = `Tags of ${plural(count, "picture")}${copies}`
    this.say("")
    this.paint()
    this.dialog.showModal()
    this.field.input.focus()
  }

  /**
   * @param {string} tag
   * @param {boolean} wanted
   */
  change(tag, wanted) {
    this.changes.set(tag, wanted)
    this.paint()
  }

  paint() {
    /** @type {Map<string, number>} */
    const shown = new Map()
    for (const { tags } of this.items) for (const tag of tags ?? []) shown.set(tag, (shown.get(tag) ?? 0) + 1)
    for (const [tag, wanted] of this.changes) {
      if (wanted) shown.set(tag, this.items.length)
      else shown.delete(tag)
    }
    /** @type {Map<string, string>} */
    const notes = new Map()
    for (const [tag, count] of shown) notes.set(tag, count < this.items.length ? `on ${count}` : "")
    this.field.show(notes, this.known)
  }

  async save() {
    if (this.field.typed) this.change(this.field.typed, true) // typed, but not entered
    const add = [...this.changes.keys()].filter(tag => this.changes.get(tag))
    const remove = [...this.changes.keys()].filter(tag => !this.changes.get(tag))
    if (!add.length && !remove.length) return this.dialog.close()
    const ids = withCopies(this.items)
    try {
      const changed = await this.send(ids, add, remove)
      this.dialog.close()
      this.saved(ids, add, remove, `Changed the tags of ${plural(changed, "picture")}.`)
    } catch (error) {
      if (!stopped(error)) this.say(sentence(error))
    }
  }

  /**
   * @param {string[]} ids
   * @param {string[]} add
   * @param {string[]} remove
   * @returns {Promise<number>} How many pictures have other tags now.
   */
  async send(ids, add, remove) {
    const signal = this.latest.begin()
    let changed = 0
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      /** @type {ChangedTags} */
      const answer = await ask(this.url, { ids: ids.slice(at, at + AT_ONCE), add, remove }, signal)
      changed += answer.changed
    }
    return changed
  }

  /** @param {string} text */
  say(text) {
    this.find(".trouble").textContent = text
    this.find(".trouble").hidden = !text
  }
}

/**
 * The ids of pictures and of all that are shown as one with them.
 * @param {{ id: string, others?: { id: string }[] }[]} items
 */
export function withCopies(items) {
  return [...new Set(items.flatMap(({ id, others = [] }) => [id, ...others.map(copy => copy.id)]))]
}

/**
 * @param {string[]} tags
 * @param {string[]} add
 * @param {string[]} remove
 */
export function retagged(tags, add, remove) {
  return [...new Set([...tags.filter(tag => !remove.includes(tag)), ...add])].sort()
}
