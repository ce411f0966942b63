// Downloads of pictures and of what is known of them: the server makes a file, and the browser saves it.

import { element } from "../shared/base.js"
import { plural } from "../shared/format.js"
import { ask, Latest, sentence, stopped } from "../shared/requests.js"

/** @import { Menu } from "./menu.js" */
/** @import { Toast } from "../shared/notices/toast.js" */
/** @import { Export } from "./types.d.ts" */

const FORMATS = [
  { format: "csv", label: "Table (CSV)", file: "table", icon: "table" },
  { format: "json", label: "Data (JSON)", file: "data", icon: "data" },
  { format: "zip", label: "Original files (ZIP)", file: "ZIP file", icon: "zip" },
  { format: "sheet", label: "Contact sheet", file: "contact sheet", icon: "sheet" },
]

export class Downloads {
  latest = new Latest()

  /**
   * @param {Menu} menu
   * @param {Toast} toast
   */
  constructor(menu, toast) {
    this.menu = menu
    this.toast = toast
  }

  /**
   * @param {HTMLElement} anchor
   * @param {string} heading
   * @param {string} url
   * @param {Record<string, unknown>} what Which pictures, as the route takes it.
   */
  offer(anchor, heading, url, what) {
    const choices = FORMATS.map(({ label, icon, format, file }) => ({
      ...{ label, icon },
      run: () => this.download(url, { ...what, format }, file),
    }))
    this.menu.offer(anchor, heading, [heading, ...choices])
  }

  /**
   * @param {string} url
   * @param {Record<string, unknown>} what
   * @param {string} file What it is called for the visitor.
   */
  async download(url, what, file) {
    const signal = this.latest.begin()
    this.toast.busy(`Preparing the ${file}…`, () => this.latest.stop())
    try {
      /** @type {Export} */
      const made = await ask(url, what, signal)
      save(made.url)
      this.toast.done(`The download of ${plural(made.count, "picture")} has started.`)
    } catch (error) {
      if (!stopped(error)) this.toast.failed(sentence(error))
    }
  }

  close() {
    this.latest.stop()
  }
}

/**
 * Followed as a link, so that the browser streams it to the disk.
 * @param {string} url
 */
function save(url) {
  const link = element("a", { href: url, download: "" })
  document.body.append(link)
  link.click()
  link.remove()
}
