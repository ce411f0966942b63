// Pictures on their way into the query: dropped anywhere, pasted, chosen, dragged from the results. They go to the
// server by themselves, so that only their ids pass through Python.

import { IMAGE_DRAG, part } from "../shared/base.js"
import { whenChosen } from "../shared/picker.js"
import { sentence, stopped } from "../shared/requests.js"
import { Refused, sendFile } from "../shared/upload_client.js"
import { WindowDrop } from "../shared/window_drop.js"

/** @import { Stored } from "../shared/types.d.ts" */
/** @import { QueryData } from "./types.d.ts" */

const AT_ONCE = 10 // more pictures in one query than this are dropped by mistake
const NOT_A_FILE = "Drop a picture file: pictures from a web page must be saved first."

export class Images {
  /** @type {Map<File, string>} */
  sending = new Map() // to where they are shown from
  leaving = new AbortController()

  /**
   * @param {HTMLElement} root
   * @param {{
   *   data: () => Pick<QueryData, "upload_url" | "limit">,
   *   begin: () => (images: Stored[]) => void,
   *   changed: () => void,
   *   say: (text: string, isError?: boolean) => void,
   * }} handlers `begin` is called when pictures come, and answers with what takes those that were sent.
   */
  constructor(root, { data, begin, changed, say }) {
    this.root = root
    this.data = data
    this.begin = begin
    this.changed = changed
    this.say = say
    this.overlay = part(root, ".overlay")
    whenChosen(part(root, "input[type=file]", HTMLInputElement), files => this.upload(files))
    document.addEventListener("paste", event => this.onPaste(event), { signal: this.leaving.signal })
    this.drop = new WindowDrop({
      takes: (transfer, event) => this.takes(transfer, event),
      hover: (on, transfer) => this.hover(on, transfer),
      drop: transfer => this.onDrop(transfer),
    })
  }

  close() {
    this.leaving.abort()
    this.drop.close()
  }

  /** @param {ClipboardEvent} event */
  onPaste(event) {
    const { clipboardData: clipboard } = event
    const files = [...(clipboard?.files ?? [])]
    const [target] = event.composedPath()
    const intoText = target instanceof Element && target.matches("input, textarea, [contenteditable]")
    // Office programs copy text together with a picture of it.
    if (!files.length || (intoText && clipboard?.types.includes("text/plain"))) return
    event.preventDefault()
    this.upload(files.map(renamed))
  }

  /** @param {DataTransfer} transfer */
  onDrop(transfer) {
    const own = dragged(transfer.getData(IMAGE_DRAG))
    if (own) this.begin()([own])
    else if (transfer.files.length) this.upload([...transfer.files])
    else this.say(NOT_A_FILE, true)
  }

  /**
   * Files are taken anywhere, a picture dragged from the gallery only here: let go elsewhere, it means nothing.
   * @param {DataTransfer} transfer
   * @param {DragEvent} event
   */
  takes({ types }, event) {
    if (types.includes(IMAGE_DRAG)) return event.composedPath().includes(this.root)
    return types.includes("Files") || types.includes("text/uri-list")
  }

  /**
   * @param {boolean} on
   * @param {DataTransfer} [transfer]
   */
  hover(on, transfer) {
    if (!this.overlay.isConnected) return
    this.root.classList.toggle("dragging", on)
    this.overlay.togglePopover(on && Boolean(transfer?.types.includes("Files")))
  }

  /** @param {File[]} files */
  async upload(files) {
    const errors = files.length > AT_ONCE ? [`Only the first ${AT_ONCE} pictures were added.`] : []
    const add = this.begin()
    const sent = await Promise.all(files.slice(0, AT_ONCE).map(file => this.send(file, errors)))
    if (this.leaving.signal.aborted) return
    const images = sent.filter(image => image !== null)
    this.say(errors.join(" "), true)
    if (images.length) add(images)
  }

  /**
   * @param {File} file
   * @param {string[]} errors What goes wrong is added to them.
   */
  async send(file, errors) {
    const { upload_url, limit } = this.data()
    this.sending.set(file, URL.createObjectURL(file))
    this.changed()
    try {
      if (file.type && !file.type.startsWith("image/")) throw new Refused("This is not a picture.")
      return await sendFile(file, upload_url, limit, this.leaving.signal)
    } catch (error) {
      if (!stopped(error)) errors.push(`${file.name}: ${sentence(error)}`)
      return null
    } finally {
      this.sending.delete(file)
      this.changed()
    }
  }

  get words() {
    const [file] = this.sending.keys()
    const many = this.sending.size > 1 ? `${this.sending.size} pictures` : file?.name
    return file ? `Uploading ${many}…` : ""
  }
}

/**
 * Browsers call every picture that was copied from a page or a screenshot the same.
 * @param {File} file
 */
function renamed(file) {
  return file.name === "image.png" ? new File([file], "Pasted picture.png", { type: file.type }) : file
}

/**
 * A picture of ours that is dragged; null for what only calls itself one: other pages may drag anything.
 * @param {string} text
 * @returns {Stored | null}
 */
export function dragged(text) {
  try {
    const { id, name } = JSON.parse(text)
    return typeof id === "string" && typeof name === "string" ? { id, name } : null
  } catch {
    return null
  }
}
