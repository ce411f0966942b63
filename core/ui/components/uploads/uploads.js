// The area that takes many files at once, and shows how far they are.

import { element, finder, focusedBeside, mounting, part, parts } from "../shared/base.js"
import { fileSize, limitSize, plural } from "../shared/format.js"
import { whenChosen } from "../shared/picker.js"
import { WindowDrop } from "../shared/window_drop.js"
import { dropped, listed } from "./chosen.js"
import { Upload } from "./upload.js"

/** @import { Trigger } from "../shared/types.d.ts" */
/** @import { Chosen, RefusedFile, UploadsData } from "./types.d.ts" */

const LISTED = 100

// The elements go when another page of the app is shown; the module stays, and what is being sent with it.
/** @type {{ upload: Upload | null }} */
const kept = { upload: null }

// An upload under way goes on when the data changes.
export default mounting(".uploads", (root, data, trigger) => new UploadArea(root, data, trigger))

class UploadArea {
  /** @type {boolean | undefined} */
  running

  /**
   * @param {HTMLElement} root
   * @param {UploadsData} data
   * @param {Trigger} trigger
   */
  constructor(root, data, trigger) {
    this.root = root
    this.data = data
    this.trigger = trigger
    this.find = finder(root)
    for (const picker of parts(root, "input[type=file]", HTMLInputElement)) {
      whenChosen(picker, files => this.start(listed(files)))
    }
    this.find(".cancel").onclick = () => kept.upload?.stopping.abort()
    this.find(".rest").onclick = () => (kept.upload?.left ? kept.upload.run() : kept.upload?.finish())
    this.find(".sent").onclick = () => kept.upload?.finish()
    root.onkeydown = event => event.stopPropagation() // Streamlit has shortcuts of its own on single letters
    this.drop = new WindowDrop({
      takes: ({ types }) => types.includes("Files"),
      hover: on => root.classList.toggle("dragging", on && !kept.upload?.running),
      drop: transfer => this.start(dropped(transfer)),
    })
  }

  close() {
    if (kept.upload) kept.upload.changed = () => {}
    this.drop.close()
  }

  /** @param {UploadsData} data */
  show(data) {
    this.data = data
    const { image, archive, files } = data.limits
    this.find(".files", HTMLInputElement).accept = [...data.suffixes, ".zip"].join(",")
    this.find(".allowed").textContent =
      `Pictures up to ${limitSize(image)}, ZIP files up to ${limitSize(archive)}, ` +
      `${files.toLocaleString("en")} files at a time. Other files are skipped.`
    if (kept.upload) this.attach(kept.upload)
  }

  /** @param {AsyncIterable<Chosen>} files */
  start(files) {
    if (kept.upload?.running) return
    const upload = new Upload(this.data)
    kept.upload = upload
    this.attach(upload)
    upload.start(files)
  }

  /** @param {Upload} upload */
  attach(upload) {
    upload.changed = () => this.render(upload)
    this.render(upload)
  }

  /** @param {Upload} upload */
  render(upload) {
    this.enter(upload.running)
    if (upload.running) this.progress(upload)
    else this.stopped(upload)
    if (upload.state === "done" && !upload.told) {
      upload.told = true
      this.trigger("uploaded", { count: upload.ids.size })
    }
  }

  /** @param {Upload} upload */
  stopped(upload) {
    this.find(".report").hidden = false
    const said = [upload.text]
    if (upload.left) said.push(`${upload.ids.size.toLocaleString("en")} of ${plural(upload.files.length, "file")} uploaded.`)
    if (upload.leftOut) said.push(`${plural(upload.leftOut, "file")} skipped: not ${upload.leftOut === 1 ? "a picture" : "pictures"}.`)
    this.find(".summary").textContent = said.join(" ")
    this.find(".summary").classList.toggle("error", Boolean(upload.trouble))
    const unfinished = upload.state === "stopped" && upload.files.length > 0 && (upload.left > 0 || upload.ids.size > 0)
    const rest = upload.left && upload.ids.size ? `Upload the remaining ${upload.left.toLocaleString("en")}` : "Try again"
    this.offer(".rest", unfinished, rest)
    const sent = `Index the ${upload.ids.size.toLocaleString("en")} uploaded`
    this.offer(".sent", unfinished && upload.left > 0 && upload.ids.size > 0, sent)
    this.listRefused(upload.refused)
  }

  /**
   * @param {string} button
   * @param {boolean} shown
   * @param {string} text
   */
  offer(button, shown, text) {
    this.find(button).hidden = !shown
    this.find(button).textContent = text
  }

  /** @param {RefusedFile[]} refused */
  listRefused(refused) {
    const box = this.find(".refused")
    box.hidden = !refused.length
    part(box, "summary").textContent = `${plural(refused.length, "file")} refused`
    const lines = refused.slice(0, LISTED).map(({ name, reason }) => element("li", {}, reason.startsWith(name) ? reason : `${name}: ${reason}`))
    if (refused.length > LISTED) lines.push(element("li", {}, `and ${refused.length - LISTED} more`))
    part(box, "ul").replaceChildren(...lines)
  }

  /** @param {Upload} upload */
  progress({ state, files, ids, refused, bytes, total, current }) {
    this.find(".count").textContent =
      state === "looking"
        ? "Looking for pictures…"
        : `${ids.size.toLocaleString("en")} of ${files.length.toLocaleString("en")} uploaded`
    this.find(".current").textContent = state === "looking" ? "" : `${fileSize(bytes)} of ${fileSize(total)} · ${current}`
    const track = this.find(".track")
    track.setAttribute("aria-valuemax", String(files.length))
    track.setAttribute("aria-valuenow", String(ids.size + refused.length))
    track.style.setProperty("--share", String(total ? Math.min(1, bytes / total) : 0))
  }

  /** @param {boolean} running */
  enter(running) {
    if (this.running === running) return
    const within = this.root.contains(focusedBeside(this.root))
    this.running = running
    this.find(".idle").hidden = running
    this.find(".busy").hidden = !running
    if (running) this.find(".report").hidden = true
    // What had the focus may be hidden now.
    if (within) this.find(running ? ".cancel" : ".files").focus()
  }
}
