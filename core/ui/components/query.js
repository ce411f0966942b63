// The search bar. Each change of the query fires the trigger "query" once, with the words and the pictures' ids.
// Pictures go to the server by themselves, so that only their ids pass through Python.

const AT_ONCE = 10 // more pictures in one query than this are dropped by mistake
const NOT_A_FILE = "Drop a picture file: pictures from a web page must be saved first."
const bars = new WeakMap()

// Called again whenever the data changes; the elements stay, and so does what is being typed.
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".query")
  const bar = mounted(bars, root, () => new QueryBar(root))
  bar.trigger = setTriggerValue
  bar.show(data)
  return () => {
    bars.delete(root)
    bar.close()
  }
}

class QueryBar {
  text = ""
  pictures = []
  sending = new Map()
  leaving = new AbortController()

  constructor(root) {
    this.root = root
    this.find = selector => root.querySelector(selector)
    this.words = this.find(".words")
    this.chips = this.find(".chips")
    this.overlay = this.find(".overlay")
    this.picker = this.find("input[type=file]")
    // Streamlit listens for single letters on the page, and sees only that the event came from this component.
    root.onkeydown = event => event.stopPropagation()
    root.onsubmit = event => this.onSubmit(event)
    root.onclick = event => this.onClick(event)
    this.words.oninput = () => this.paintClear()
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

  show(data) {
    const before = this.data
    this.data = data
    this.words.placeholder = data.placeholder
    if (data.text !== (before?.text ?? "")) this.adopt(data.text)
    this.text = data.text
    this.pictures = data.pictures
    this.paint()
  }

  // What Python says comes into the box, unless the visitor is at work there on something newer.
  adopt(text) {
    const typing = this.root.getRootNode().activeElement === this.words && this.words.value.trim() !== this.text
    if (!typing) this.words.value = text
  }

  change(text, pictures) {
    this.text = text
    this.pictures = pictures
    this.paint()
    this.trigger("query", { text, pictures: pictures.map(({ id }) => id) })
  }

  onSubmit(event) {
    event.preventDefault()
    this.say("")
    this.change(this.words.value.trim(), this.pictures)
    this.settle()
  }

  // On a touch screen the keyboard would cover the results.
  settle() {
    if (matchMedia("(hover: hover)").matches) this.words.focus()
    else this.words.blur()
  }

  onClick(event) {
    const button = event.target.closest("button")
    if (button?.matches(".clear")) this.setWords("")
    else if (button?.matches(".example")) this.setWords(button.textContent)
    else if (button?.matches(".remove")) this.remove(button.closest(".chip").dataset.id)
  }

  setWords(text) {
    const changed = text !== this.text
    this.words.value = text
    this.say("")
    if (changed) this.change(text, this.pictures)
    else this.paintClear()
    this.settle()
  }

  remove(id) {
    this.say("")
    if (id === undefined) return this.setWords("")
    this.change(this.words.value.trim(), this.pictures.filter(picture => picture.id !== id))
    const next = this.chips.querySelector(".remove") ?? this.words
    next.focus()
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
    if (own) this.add([JSON.parse(own)], this.words.value.trim())
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

  add(pictures, text) {
    const added = new Set(pictures.map(({ id }) => id))
    this.change(text, [...this.pictures.filter(({ id }) => !added.has(id)), ...pictures])
  }

  // What stands in the box when the pictures arrive is part of the query they make.
  async take(files) {
    const errors = files.length > AT_ONCE ? [`Only the first ${AT_ONCE} pictures are taken.`] : []
    this.text = this.words.value.trim()
    this.say("")
    const sent = await Promise.all(files.slice(0, AT_ONCE).map(file => this.send(file, errors)))
    if (this.leaving.signal.aborted) return
    const pictures = sent.filter(Boolean)
    this.say(errors.join(" "), true)
    if (pictures.length) this.add(pictures, this.text)
  }

  async send(file, errors) {
    const url = URL.createObjectURL(file)
    this.sending.set(file, url)
    this.paint()
    try {
      if (file.type && !file.type.startsWith("image/")) throw new Refused("This is not a picture.")
      return await sendFile(file, this.data.upload_url, this.data.limit, this.leaving.signal)
    } catch (error) {
      if (error.name !== "AbortError") errors.push(`${file.name}: ${error.message}`)
    } finally {
      this.sending.delete(file)
      this.paint()
    }
  }

  say(text, isError = false) {
    this.message = { text, isError }
    this.paintNote()
  }

  paint() {
    const sending = [...this.sending].map(([file, url]) => this.chip(url, () => sendingChip(file.name, url)))
    const pictures = this.pictures.map(({ id, name }) => this.chip(id, () => this.pictureChip(id, name)))
    const words = this.text ? [this.chip(`words ${this.text}`, () => wordsChip(this.text))] : []
    const chips = [...words, ...pictures, ...sending]
    arrange(this.chips, chips)
    this.paintExamples(!chips.length)
    this.paintClear()
    this.paintNote()
  }

  chip(key, build) {
    const chip = [...this.chips.children].find(child => child.dataset.key === key) ?? build()
    chip.dataset.key = key
    return chip
  }

  paintExamples(shown) {
    const examples = shown ? this.data.examples : []
    const buttons = examples.map(text => element("button", { type: "button", class: "example" }, text))
    this.find(".examples").replaceChildren(...(buttons.length ? [element("span", {}, "Try"), ...buttons] : []))
  }

  paintClear() {
    this.find(".clear").hidden = !this.words.value
  }

  paintNote() {
    const note = this.find(".note")
    const [file] = this.sending.keys()
    const many = this.sending.size > 1 ? `${this.sending.size} pictures` : file?.name
    const { text, isError } = file ? { text: `Sending ${many} …` } : (this.message ?? { text: "" })
    if (note.textContent !== text) note.textContent = text
    note.classList.toggle("error", Boolean(isError))
  }

  pictureChip(id, name) {
    const chip = removable("picture", name)
    chip.dataset.id = id
    chip.prepend(element("img", { src: `${this.data.thumbnails}/${id}`, alt: "" }))
    return chip
  }
}

// Browsers call every picture that was copied from a page or a screenshot the same.
function renamed(file) {
  return file.name === "image.png" ? new File([file], "Pasted picture.png", { type: file.type }) : file
}

function wordsChip(text) {
  const chip = removable("words-chip", text)
  chip.prepend(icon("M5 7V5h14v2M12 5v14M9 19h6", "kind"))
  return chip
}

function removable(kind, text) {
  const chip = element("li", { class: `chip ${kind}` })
  const remove = element("button", { type: "button", class: "remove", "aria-label": `Remove ${text}`, title: "Remove" })
  remove.append(icon("M7 7l10 10M17 7L7 17"))
  chip.append(element("span", { class: "label", title: text }, text), remove)
  return chip
}

function sendingChip(name, url) {
  const chip = element("li", { class: "chip picture sending", "aria-hidden": "true" })
  const picture = element("img", { src: url, alt: "" })
  picture.onload = picture.onerror = () => URL.revokeObjectURL(url)
  chip.append(picture, element("span", { class: "label" }, name), element("span", { class: "spinner" }))
  return chip
}

function icon(path, kind = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  made.setAttribute("viewBox", "0 0 24 24")
  made.setAttribute("class", kind)
  made.setAttribute("aria-hidden", "true")
  made.append(document.createElementNS("http://www.w3.org/2000/svg", "path"))
  made.firstChild.setAttribute("d", path)
  return made
}
