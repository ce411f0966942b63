// Many files at once. Only their handles are kept: the browser reads each file while it is being sent.

import { element, mounting } from "../shared/base.js"
import { fileSize, limitSize, plural } from "../shared/format.js"
import { isArchive, post, Refused, sendFile, Unreachable, WindowDrop } from "../shared/upload_client.js"

const PARALLEL = 3
const LISTED = 100

// The elements go when another page of the app is shown; the module stays, and what is being sent with it.
/** @type {{ upload: Upload | null }} */
const kept = { upload: null }

// An upload under way goes on when the data changes.
export default mounting(".uploads", root => new UploadArea(root))

// What a visitor sends at one time. `changed` is called after every step, by whoever shows it now.
export class Upload {
  stems
  state = "looking" // then "sending", and "stopped" or "done"
  files = []
  ids = new Map() // by the place of the file
  refused = []
  leftOut = 0
  parts = [] // files that say what is in pictures, where they are part of a dataset
  isDataset = false
  trouble = ""
  next = 0
  unsent = [] // places taken up, but not sent when the work stopped
  loaded = new Map() // bytes of files on their way
  sentBytes = 0
  current = ""
  changed = () => {}
  onLeave = event => event.preventDefault() // closing the tab would end it: the browser asks first

  constructor(data) {
    this.data = data
    this.stopping = new AbortController()
  }

  get running() {
    return this.state === "looking" || this.state === "sending"
  }

  get left() {
    return Math.max(0, this.files.length - this.ids.size - this.refused.length)
  }

  get bytes() {
    let sent = this.sentBytes
    for (const bytes of this.loaded.values()) sent += bytes
    return sent
  }

  async start(files) {
    this.enter("looking")
    for await (const file of files) {
      if (this.stopping.signal.aborted) return this.enter("stopped", "Cancelled.")
      if (this.takes(file.name)) this.files.push(file)
      else if (this.isPart(file.name)) this.parts.push(file)
      else this.leftOut += 1
    }
    this.isDataset = this.files.length > 0 && this.parts.some(file => this.tells(file))
    if (this.isDataset) this.files.push(...this.parts)
    else this.leftOut += this.parts.length
    this.total = this.files.reduce((sum, file) => sum + (file.size ?? 0), 0)
    const most = this.data.limits.files
    if (this.files.length > most) {
      this.trouble = `These are ${plural(this.files.length, "file")}, more than the ${most.toLocaleString("en")} that can be uploaded at a time. Upload them in parts, or as a ZIP file.`
      this.files = []
      this.enter("stopped", this.trouble)
    } else if (this.files.length) await this.run()
    else this.enter("stopped", this.leftOut ? "None of these files is a picture." : "No files were selected.")
  }

  takes(name) {
    const lower = name.toLowerCase()
    return !lower.startsWith(".") && (isArchive(name) || this.data.suffixes.some(suffix => lower.endsWith(suffix)))
  }

  isPart(name) {
    const lower = name.toLowerCase()
    return !lower.startsWith(".") && this.data.parts.some(suffix => lower.endsWith(suffix))
  }

  // Texts and JSON lie beside pictures for other reasons too.
  tells(file) {
    const path = pathOf(file)
    const stem = path.replace(/\.[^.]*$/, "")
    if (/\.json$/i.test(path)) return !this.data.suffixes.some(suffix => stem.toLowerCase().endsWith(suffix))
    if (!/\.txt$/i.test(path) || /(^|\/)(labels\/.*|classes\.txt)$/i.test(path)) return true
    this.stems ??= new Set(this.files.map(one => pathOf(one).replace(/\.[^.]*$/, "")))
    return this.stems.has(stem)
  }

  limit(name) {
    const { picture, archive, part } = this.data.limits
    return isArchive(name) ? archive : this.takes(name) ? picture : part
  }

  async run() {
    if (this.stopping.signal.aborted) this.stopping = new AbortController()
    this.trouble = ""
    this.enter("sending")
    await Promise.all(Array.from({ length: PARALLEL }, () => this.work()))
    if (this.next >= this.files.length && !this.unsent.length) await this.finish()
    else this.enter("stopped", this.trouble || "Cancelled.")
  }

  async work() {
    while (!this.stopping.signal.aborted) {
      const at = this.unsent.pop() ?? this.next
      if (at >= this.files.length) return
      if (at === this.next) this.next += 1
      await this.send(at)
      this.loaded.delete(at)
      this.changed()
    }
  }

  async send(at) {
    const { upload_url: url } = this.data
    const file = this.files[at]
    this.current = file.name
    const onProgress = bytes => {
      this.loaded.set(at, bytes)
      this.changed()
    }
    try {
      if (file.unreadable) throw new Refused("The file could not be read.")
      const mayBeEmpty = !this.takes(file.name) // labels of a picture without any
      const { id } = await sendFile(file, url, this.limit(file.name), this.stopping.signal, onProgress, mayBeEmpty)
      this.ids.set(at, id)
      this.sentBytes += file.size
    } catch (error) {
      if (error instanceof Refused) this.refused.push({ name: file.name, reason: error.message })
      else this.interrupt(at, error)
    }
  }

  // A bad file is only left behind; where the server is away, or the visitor cancels, all stops and can be resumed.
  interrupt(at, error) {
    this.unsent.push(at)
    if (error instanceof Unreachable) this.trouble = error.message
    this.stopping.abort()
  }

  // What was sent is indexed, whether anybody is looking or not.
  async finish() {
    const sent = [...this.ids].sort(([one], [other]) => one - other)
    if (!sent.length) return this.enter("stopped", "Nothing was uploaded.")
    const ids = sent.map(([, id]) => id)
    const body = this.isDataset ? { ids, paths: sent.map(([at]) => pathOf(this.files[at])) } : { ids: [...new Set(ids)] }
    const { status, answer } = await post(this.data.done_url, JSON.stringify(body), "application/json").catch(error => ({
      status: 0,
      answer: { error: error.message },
    }))
    if (status < 200 || status >= 300) {
      this.trouble = answer.error ?? `The server failed (${status}).`
      return this.enter("stopped", this.trouble)
    }
    this.files = []
    this.enter("done", `${plural(this.ids.size, "file")} uploaded.`)
  }

  enter(state, text = "") {
    this.state = state
    this.text = text
    removeEventListener("beforeunload", this.onLeave)
    if (this.running) addEventListener("beforeunload", this.onLeave)
    this.changed()
  }
}

class UploadArea {
  trigger

  constructor(root) {
    this.root = root
    this.find = selector => root.querySelector(selector)
    for (const picker of root.querySelectorAll("input[type=file]")) {
      picker.onchange = () => {
        this.start(listed([...picker.files]))
        picker.value = "" // the same files may be chosen again
      }
    }
    this.find(".cancel").onclick = () => kept.upload?.stopping.abort()
    this.find(".rest").onclick = () => (kept.upload?.left ? kept.upload.run() : kept.upload?.finish())
    this.find(".sent").onclick = () => kept.upload?.finish()
    root.onkeydown = event => event.stopPropagation() // Streamlit has shortcuts of its own on single letters
    this.drop = new WindowDrop({
      takes: event => event.dataTransfer.types.includes("Files"),
      hover: on => root.classList.toggle("dragging", on && !kept.upload?.running),
      drop: transfer => this.start(dropped(transfer)),
    })
  }

  close() {
    if (kept.upload) kept.upload.changed = () => {}
    this.drop.close()
  }

  show(data) {
    this.data = data
    const { picture, archive, files } = data.limits
    this.find(".files").accept = [...data.suffixes, ".zip"].join(",")
    this.find(".allowed").textContent =
      `Pictures up to ${limitSize(picture)}, ZIP files up to ${limitSize(archive)}, ` +
      `${files.toLocaleString("en")} files at a time. Other files are skipped.`
    if (kept.upload) this.attach(kept.upload)
  }

  start(files) {
    if (kept.upload?.running) return
    kept.upload = new Upload(this.data)
    this.attach(kept.upload)
    kept.upload.start(files)
  }

  attach(upload) {
    upload.changed = () => this.render(upload)
    this.render(upload)
  }

  render(upload) {
    this.enter(upload.running)
    if (upload.running) this.progress(upload)
    else this.stopped(upload)
    if (upload.state === "done" && !upload.told) {
      upload.told = true
      this.trigger("uploaded", { count: upload.ids.size })
    }
  }

  stopped(upload) {
    this.find(".report").hidden = false
    const parts = [upload.text]
    if (upload.left) parts.push(`${upload.ids.size.toLocaleString("en")} of ${plural(upload.files.length, "file")} uploaded.`)
    if (upload.leftOut) parts.push(`${plural(upload.leftOut, "file")} skipped: not ${upload.leftOut === 1 ? "a picture" : "pictures"}.`)
    this.find(".summary").textContent = parts.join(" ")
    this.find(".summary").classList.toggle("error", Boolean(upload.trouble))
    const unfinished = upload.state === "stopped" && upload.files.length > 0 && (upload.left > 0 || upload.ids.size > 0)
    const rest = upload.left && upload.ids.size ? `Upload the remaining ${upload.left.toLocaleString("en")}` : "Try again"
    this.offer(".rest", unfinished, rest)
    const sent = `Index the ${upload.ids.size.toLocaleString("en")} uploaded`
    this.offer(".sent", unfinished && upload.left > 0 && upload.ids.size > 0, sent)
    this.listRefused(upload.refused)
  }

  offer(button, shown, text) {
    this.find(button).hidden = !shown
    this.find(button).textContent = text
  }

  listRefused(refused) {
    const box = this.find(".refused")
    box.hidden = !refused.length
    box.querySelector("summary").textContent = `${plural(refused.length, "file")} refused`
    const lines = refused.slice(0, LISTED).map(({ name, reason }) => element("li", {}, reason.startsWith(name) ? reason : `${name}: ${reason}`))
    if (refused.length > LISTED) lines.push(element("li", {}, `and ${refused.length - LISTED} more`))
    box.querySelector("ul").replaceChildren(...lines)
  }

  progress({ state, files, ids, refused, bytes, total, current }) {
    this.find(".count").textContent =
      state === "looking"
        ? "Looking for pictures…"
        : `${ids.size.toLocaleString("en")} of ${files.length.toLocaleString("en")} uploaded`
    this.find(".current").textContent = state === "looking" ? "" : `${fileSize(bytes)} of ${fileSize(total)} · ${current}`
    const share = total ? Math.min(1, bytes / total) : 0
    const track = this.find(".track")
    track.setAttribute("aria-valuemax", files.length)
    track.setAttribute("aria-valuenow", ids.size + refused.length)
    track.style.setProperty("--share", share)
  }

  enter(running) {
    if (this.running === running) return
    const within = this.root.contains(this.root.getRootNode().activeElement)
    this.running = running
    this.find(".idle").hidden = running
    this.find(".busy").hidden = !running
    if (running) this.find(".report").hidden = true
    // What had the focus may be hidden now.
    if (within) this.find(running ? ".cancel" : ".files").focus()
  }
}

// Where it was in the folder that was chosen or dropped.
function pathOf(file) {
  return file.pathInFolder ?? (file.webkitRelativePath || file.name)
}

async function* listed(files) {
  yield* files
}

// The entries must be asked for at once: the browser empties the transfer when the event is over.
function dropped({ items, files }) {
  const entries = [...items].map(item => item.webkitGetAsEntry?.()).filter(Boolean)
  return entries.length ? walk(entries) : listed([...files])
}

async function* walk(entries) {
  for (const entry of entries) {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject)).catch(() => null)
      yield Object.assign(file ?? { name: entry.name, unreadable: true }, { pathInFolder: entry.fullPath.replace(/^\//, "") })
    } else yield* walk(await children(entry).catch(() => []))
  }
}

// A folder answers in pieces, the last of them empty.
async function children(folder) {
  const reader = folder.createReader()
  const found = []
  for (;;) {
    const piece = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))
    if (!piece.length) return found
    found.push(...piece)
  }
}
