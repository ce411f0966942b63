// Many files at once. Only their handles are kept: the browser reads each file while it is being sent.

const PARALLEL = 3
const LISTED = 100
const areas = new WeakMap()

// Called again whenever the data changes; an upload under way goes on.
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".uploads")
  const area = mounted(areas, root, () => new UploadArea(root))
  area.trigger = setTriggerValue
  area.show(data)
  return () => {
    areas.delete(root)
    area.close()
  }
}

class UploadArea {
  batch = null

  constructor(root) {
    this.root = root
    this.find = selector => root.querySelector(selector)
    for (const picker of root.querySelectorAll("input[type=file]")) {
      picker.onchange = () => {
        this.start(listed([...picker.files]))
        picker.value = "" // the same files may be chosen again
      }
    }
    this.find(".cancel").onclick = () => this.batch?.stopping.abort()
    this.find(".rest").onclick = () => this.run(this.batch)
    this.find(".sent").onclick = () => this.finish(this.batch)
    root.onkeydown = event => event.stopPropagation() // Streamlit has shortcuts of its own on single letters
    this.onLeave = event => event.preventDefault()
    this.drop = new WindowDrop({
      takes: event => event.dataTransfer.types.includes("Files"),
      hover: on => root.classList.toggle("dragging", on && !this.running),
      drop: transfer => this.start(dropped(transfer)),
    })
  }

  close() {
    this.batch?.stopping.abort()
    this.drop.close()
    this.guard(false)
  }

  show(data) {
    this.data = data
    this.find(".files").accept = data.suffixes.join(",")
    this.find(".allowed").textContent = `Up to ${limitSize(data.limit)} each. Other files are left out.`
  }

  async start(files) {
    if (this.running) return
    const batch = { files: [], next: 0, leftOut: 0, ids: new Map(), refused: [], stopping: new AbortController() }
    this.batch = batch
    this.enter(true)
    this.count("Looking for pictures …")
    for await (const file of files) {
      if (batch.stopping.signal.aborted) break
      if (this.isPicture(file.name)) batch.files.push(file)
      else batch.leftOut += 1
    }
    const { aborted } = batch.stopping.signal
    if (batch.files.length && !aborted) await this.run(batch)
    else if (aborted) this.stopped(batch, "Cancelled.")
    else this.stopped(batch, batch.leftOut ? "No pictures among these files." : "No files were given.")
  }

  isPicture(name) {
    const lower = name.toLowerCase()
    return !lower.startsWith(".") && this.data.suffixes.some(suffix => lower.endsWith(suffix))
  }

  async run(batch) {
    if (batch.stopping.signal.aborted) batch.stopping = new AbortController()
    batch.trouble = ""
    this.enter(true)
    this.progress(batch)
    await Promise.all(Array.from({ length: PARALLEL }, () => this.work(batch)))
    if (batch.next >= batch.files.length && !batch.unsent?.length) this.finish(batch)
    else this.stopped(batch, batch.trouble || "Cancelled.", Boolean(batch.trouble))
  }

  async work(batch) {
    batch.unsent ??= [] // taken up, but not sent when the work stopped
    while (!batch.stopping.signal.aborted) {
      const at = batch.unsent.pop() ?? batch.next
      if (at >= batch.files.length) return
      if (at === batch.next) batch.next += 1
      await this.send(batch, at)
      if (!batch.stopping.signal.aborted) this.progress(batch)
    }
  }

  async send(batch, at) {
    const file = batch.files[at]
    this.find(".current").textContent = file.name
    try {
      if (file.unreadable) throw new Refused("The file could not be read.")
      const { id } = await sendPicture(file, this.data, batch.stopping.signal)
      batch.ids.set(at, id)
    } catch (error) {
      if (error instanceof Refused) batch.refused.push({ name: file.name, reason: error.message })
      else this.interrupt(batch, at, error)
    }
  }

  // A bad file is only left behind; where the server is away, or the visitor cancels, all stops and can be resumed.
  interrupt(batch, at, error) {
    batch.unsent.push(at)
    if (error instanceof Unreachable) batch.trouble = error.message
    batch.stopping.abort()
  }

  finish(batch) {
    const ids = [...batch.ids].sort(([one], [other]) => one - other).map(([, id]) => id)
    this.trigger("uploaded", { ids: [...new Set(ids)], refused: batch.refused })
    this.stopped({ ...batch, files: [] }, `${plural(batch.ids.size, "picture")} sent.`)
  }

  stopped(batch, text, isError = false) {
    this.enter(false)
    const left = Math.max(0, batch.files.length - batch.ids.size - batch.refused.length)
    this.find(".report").hidden = false
    const parts = [text]
    if (left) parts.push(`${batch.ids.size.toLocaleString("en")} of ${plural(batch.files.length, "picture")} sent.`)
    if (batch.leftOut) parts.push(`${plural(batch.leftOut, "file")} left out: not pictures.`)
    this.find(".summary").textContent = parts.join(" ")
    this.find(".summary").classList.toggle("error", isError)
    this.offer(".rest", left > 0, batch.ids.size ? `Send the other ${left.toLocaleString("en")}` : "Try again")
    this.offer(".sent", left > 0 && batch.ids.size > 0, `Use the ${batch.ids.size.toLocaleString("en")} sent`)
    this.listRefused(batch.refused)
  }

  offer(button, shown, text) {
    this.find(button).hidden = !shown
    this.find(button).textContent = text
  }

  listRefused(refused) {
    const box = this.find(".refused")
    box.hidden = !refused.length
    box.querySelector("summary").textContent = `${plural(refused.length, "file")} refused`
    const lines = refused.slice(0, LISTED).map(({ name, reason }) => element("li", {}, `${name}: ${reason}`))
    if (refused.length > LISTED) lines.push(element("li", {}, `and ${refused.length - LISTED} more`))
    box.querySelector("ul").replaceChildren(...lines)
  }

  progress({ files, ids, refused }) {
    const done = ids.size + refused.length
    this.count(`${ids.size.toLocaleString("en")} of ${files.length.toLocaleString("en")} sent`)
    const track = this.find(".track")
    track.setAttribute("aria-valuemax", files.length)
    track.setAttribute("aria-valuenow", done)
    track.style.setProperty("--share", done / files.length)
  }

  count(text) {
    this.find(".count").textContent = text
  }

  enter(running) {
    const within = this.root.contains(this.root.getRootNode().activeElement)
    this.running = running
    this.guard(running)
    this.find(".idle").hidden = running
    this.find(".busy").hidden = !running
    if (running) this.find(".report").hidden = true
    if (running) this.find(".track").style.setProperty("--share", 0)
    if (running) this.find(".current").textContent = ""
    // What had the focus may be hidden now.
    if (within) this.find(running ? ".cancel" : ".files").focus()
  }

  // Closing the tab would end the upload: the browser asks first.
  guard(on) {
    removeEventListener("beforeunload", this.onLeave)
    if (on) addEventListener("beforeunload", this.onLeave)
  }
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
      yield file ?? { name: entry.name, unreadable: true }
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
