// Pictures on their way into the query: dropped anywhere, pasted, chosen, dragged from the results. They go to the
// server by themselves, so that only their ids pass through Python.

import { PICTURE_DRAG } from "../shared/base.js"
import { Refused, sendFile, WindowDrop } from "../shared/upload_client.js"

const AT_ONCE = 10 // more pictures in one query than this are dropped by mistake
const NOT_A_FILE = "Drop a picture file: pictures from a web page must be saved first."

export class Pictures {
  begin
  say
  root
  data
  changed
  sending = new Map()
  leaving = new AbortController()

  // `begin` is called when pictures come, and answers with what takes those that were sent.
  constructor(root, { data, begin, changed, say }) {
    Object.assign(this, { root, data, begin, changed, say })
    this.overlay = root.querySelector(".overlay")
    this.picker = root.querySelector("input[type=file]")
    this.picker.onchange = () => this.onChoose()
    document.addEventListener("paste", event => this.onPaste(event), { signal: this.leaving.signal })
    this.drop = new WindowDrop({
      takes: event => this.takes(event),
      hover: (on, event) => this.hover(on, event),
      drop: transfer => this.onDrop(transfer),
    })
  }

  close() {
    this.leaving.abort()
    this.drop.close()
  }

  onChoose() {
    this.take([...this.picker.files])
    this.picker.value = "" // the same file may be chosen again
  }

  onPaste(event) {
    const files = [...event.clipboardData.files]
    const intoText = event.composedPath()[0].matches?.("input, textarea, [contenteditable]")
    // Office programs copy text together with a picture of it.
    if (!files.length || (intoText && event.clipboardData.types.includes("text/plain"))) return
    event.preventDefault()
    this.take(files.map(renamed))
  }

  onDrop(transfer) {
    const own = transfer.getData(PICTURE_DRAG)
    if (own) this.begin()([JSON.parse(own)])
    else if (transfer.files.length) this.take([...transfer.files])
    else this.say(NOT_A_FILE, true)
  }

  // Files are taken anywhere, a picture dragged from the gallery only here: let go elsewhere, it means nothing.
  takes(event) {
    const { types } = event.dataTransfer
    if (types.includes(PICTURE_DRAG)) return event.composedPath().includes(this.root)
    return types.includes("Files") || types.includes("text/uri-list")
  }

  hover(on, event) {
    if (!this.overlay.isConnected) return
    this.root.classList.toggle("dragging", on)
    this.overlay.togglePopover(on && event.dataTransfer.types.includes("Files"))
  }

  async take(files) {
    const errors = files.length > AT_ONCE ? [`Only the first ${AT_ONCE} pictures were added.`] : []
    const add = this.begin()
    const sent = await Promise.all(files.slice(0, AT_ONCE).map(file => this.send(file, errors)))
    if (this.leaving.signal.aborted) return
    const pictures = sent.filter(Boolean)
    this.say(errors.join(" "), true)
    if (pictures.length) add(pictures)
  }

  async send(file, errors) {
    const { upload_url, limit } = this.data()
    this.sending.set(file, URL.createObjectURL(file))
    this.changed()
    try {
      if (file.type && !file.type.startsWith("image/")) throw new Refused("This is not a picture.")
      return await sendFile(file, upload_url, limit, this.leaving.signal)
    } catch (error) {
      if (error.name !== "AbortError") errors.push(`${file.name}: ${error.message}`)
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

// Browsers call every picture that was copied from a page or a screenshot the same.
function renamed(file) {
  return file.name === "image.png" ? new File([file], "Pasted picture.png", { type: file.type }) : file
}
