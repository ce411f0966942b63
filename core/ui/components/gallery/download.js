// Taking pictures away: the server makes a file, and the browser saves it.

import { element } from "../shared/base.js"
import { plural } from "../shared/format.js"
import { ask, Latest, stopped } from "../shared/requests.js"

const FORMATS = [
  { format: "csv", label: "Table (CSV)", file: "table", icon: "table" },
  { format: "json", label: "Data (JSON)", file: "data", icon: "data" },
  { format: "zip", label: "Original files (ZIP)", file: "ZIP file", icon: "zip" },
  { format: "sheet", label: "Contact sheet", file: "contact sheet", icon: "sheet" },
]

export class Downloads {
  latest = new Latest()

  constructor(menu, toast) {
    this.menu = menu
    this.toast = toast
  }

  // `what`: which pictures, as the route takes it.
  offer(anchor, heading, url, what) {
    const choices = FORMATS.map(format => ({ ...format, run: () => this.take(format, heading, url, what) }))
    this.menu.offer(anchor, heading, [heading, ...choices])
  }

  async take({ format, file }, heading, url, what) {
    const signal = this.latest.begin()
    this.toast.busy(`Preparing the ${file}…`, () => this.latest.stop())
    try {
      const answer = await ask(url, { ...what, format }, signal)
      save(answer.url)
      this.toast.done(`The download of ${plural(answer.count, "picture")} has started.`)
    } catch (error) {
      if (!stopped(error)) this.toast.failed(error.message)
    }
  }

  close() {
    this.latest.stop()
  }
}

// Followed as a link, so that the browser streams it to the disk.
function save(url) {
  const link = element("a", { href: url, download: "" })
  document.body.append(link)
  link.click()
  link.remove()
}
