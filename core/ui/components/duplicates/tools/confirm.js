// Asks before all groups of a list are decided, and says with which numbers.

import { finder } from "../../shared/base.js"
import { sentence } from "../../shared/requests.js"
import { question } from "../words.js"

/** @import { GroupPage } from "../types.d.ts" */

export class Confirm {
  /** @type {() => Promise<void>} */
  act = async () => {}

  /** @param {HTMLDialogElement} dialog */
  constructor(dialog) {
    this.dialog = dialog
    this.find = finder(dialog)
    this.submit = this.find("[type=submit]", HTMLButtonElement)
    this.find("form").onsubmit = event => {
      event.preventDefault()
      this.go()
    }
    this.find("[value=cancel]").onclick = () => dialog.close()
    dialog.onkeydown = event => event.stopPropagation() // what it lies on has keys of its own
    dialog.onclick = event => {
      if (event.target === dialog) dialog.close()
    }
  }

  /**
   * @param {Pick<GroupPage, "total" | "records" | "gain">} page
   * @param {() => Promise<void>} act
   */
  ask(page, act) {
    this.act = act
    this.find(".question").textContent = question(page)
    this.submit.textContent = `Set ${Math.max(0, page.records - page.total).toLocaleString("en")} aside`
    this.enter(false, "")
    this.dialog.showModal()
    this.submit.focus()
  }

  async go() {
    this.enter(true, "")
    try {
      await this.act()
      this.dialog.close()
    } catch (error) {
      this.enter(false, sentence(error))
    }
  }

  /**
   * @param {boolean} busy
   * @param {string} trouble
   */
  enter(busy, trouble) {
    this.submit.disabled = busy
    this.dialog.classList.toggle("busy", busy)
    this.find(".trouble").textContent = trouble
    this.find(".trouble").hidden = !trouble
  }
}
