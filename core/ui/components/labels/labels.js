// The page about labels: one part of it at a time, each asking the app's own routes.

import { finder, mounting, part } from "../shared/base.js"
import { sentence, stopped } from "../shared/requests.js"
import { Balance } from "./charts/balance.js"
import { Classes } from "./classes/classes.js"
import { Pick } from "./pick.js"
import { Leakage } from "./review/leakage.js"
import { Suspicious } from "./review/suspicious.js"
import { Unlabelled } from "./review/unlabelled.js"
import { Working } from "./working.js"

/** @import { Context, LabelsData, Part, Section } from "./types.d.ts" */
/** @import { Trigger } from "../shared/types.d.ts" */

/** @type {Record<Section, (host: HTMLElement, context: Context, working: Working) => Part>} */
const PARTS = {
  classes: (host, context, working) => new Classes(host, context, working),
  suspicious: (host, context, working) => new Suspicious(host, context, working),
  leakage: (host, context, working) => new Leakage(host, context, working),
  balance: (host, context, working) => new Balance(host, context, working),
  unlabelled: (host, context, working) => new Unlabelled(host, context, working),
  pick: (host, context) => new Pick(host, context),
}

export default mounting(".labels", (root, _data, trigger) => new Labels(root, trigger))

class Labels {
  shown = ""
  /** @type {Part | null} */
  part = null

  /**
   * @param {HTMLElement} root
   * @param {Trigger} trigger
   */
  constructor(root, trigger) {
    this.trigger = trigger
    this.find = finder(root)
    this.body = this.find(".body")
    this.working = new Working(part(root, ".state"))
    root.onkeydown = event => event.stopPropagation() // Streamlit has shortcuts of its own on single letters
  }

  /** @param {LabelsData} data */
  show(data) {
    const key = JSON.stringify(data)
    if (key === this.shown) return
    this.shown = key
    this.leave()
    const context = { ...data, say: (/** @type {string} */ text) => this.say(text), fail: (/** @type {unknown} */ error) => this.fail(error) }
    this.body.replaceChildren()
    this.part = PARTS[data.section](this.body, context, this.working)
    Promise.resolve(this.part.show()).catch(context.fail)
  }

  close() {
    this.leave()
  }

  leave() {
    this.working.stop()
    this.part?.close?.()
    this.part = null
    this.find(".trouble").hidden = true
  }

  /** @param {string} text */
  say(text) {
    this.find(".said").textContent = text
    this.find(".trouble").hidden = true
  }

  /** @param {unknown} error */
  fail(error) {
    if (stopped(error)) return
    this.find(".trouble").textContent = sentence(error)
    this.find(".trouble").hidden = false
  }
}
