// The larger view of one picture. It lives in the browser only: opening it and turning pages never ask the server
// for anything but the pictures.

const SWIPE = 48 // pixels
const DWELL = 60 // milliseconds

class Lightbox {
  items = []
  at = -1
  loaded = new Set()

  constructor(dialog, { act, closed }) {
    this.dialog = dialog
    this.act = act
    this.find = selector => dialog.querySelector(selector)
    this.image = this.find(".stage img")
    this.image.onerror = () => this.failed()
    dialog.onclick = event => this.onClick(event)
    dialog.onkeydown = event => this.onKey(event)
    dialog.onclose = () => closed(this.items[this.at]?.id)
    const stage = this.find(".stage")
    stage.ontouchstart = event => (this.touch = event.touches.length === 1 ? event.touches[0] : null)
    stage.ontouchend = event => this.onSwipe(event.changedTouches[0])
  }

  get item() {
    return this.items[this.at]
  }

  // New results while it is open: stay at the picture if it is still among them.
  update(items, thumbnails, images) {
    const id = this.item?.id
    Object.assign(this, { items, thumbnails, images, at: items.findIndex(item => item.id === id) })
    if (!this.dialog.open) return
    if (this.item) this.paint()
    else this.dialog.close()
  }

  open(id) {
    this.at = this.items.findIndex(item => item.id === id)
    if (!this.item) return
    this.paint()
    if (!this.dialog.open) this.dialog.showModal()
    this.dialog.focus()
  }

  turnTo(at) {
    if (at < 0 || at >= this.items.length || at === this.at) return
    this.at = at
    this.paint()
  }

  paint() {
    const { item, at, items } = this
    this.find(".position").textContent = `${at + 1} of ${items.length}`
    this.find(".title").textContent = item.name
    this.find(".path").replaceChildren(...breakable(item.path))
    this.sayCopied("Copy path", "")
    this.find(".previous").setAttribute("aria-disabled", at === 0)
    this.find(".next").setAttribute("aria-disabled", at === items.length - 1)
    this.paintSimilarity(item)
    this.find(".facts").replaceChildren(
      ...facts(item).flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, value)])
    )
    this.find(".about").scrollTop = 0
    this.paintPicture(item)
  }

  paintSimilarity({ score, strength }) {
    const box = this.find(".similarity")
    box.hidden = score == null
    if (score == null) return
    box.querySelector(".similarity-words").textContent = `Similarity ${twoDecimals(score)}`
    box.querySelector(".bar").style.setProperty("--strength", strength)
  }

  // The thumbnail is already here: it is shown at once, and the preview takes its place when it is decoded.
  paintPicture({ content_hash, name, width, height }) {
    const preview = `${this.images}/${content_hash}`
    const stage = this.find(".stage")
    if (this.shown === preview) return
    this.shown = preview
    this.find(".stage-missing").hidden = true
    this.image.hidden = false
    this.image.alt = name
    this.image.style.setProperty("--width", width || 480)
    this.image.style.setProperty("--height", height || 480)
    if (this.loaded.has(preview)) {
      stage.classList.remove("waiting")
      this.image.src = preview
      return
    }
    stage.classList.add("waiting")
    this.image.src = `${this.thumbnails}/${content_hash}`
    // Pictures that are only passed by are not asked for.
    clearTimeout(this.soon)
    this.soon = setTimeout(() => this.load(preview).then(arrived => this.arrived(preview, arrived)), DWELL)
  }

  arrived(preview, arrived) {
    if (this.shown !== preview) return // the visitor has gone on
    this.find(".stage").classList.remove("waiting")
    if (arrived) {
      this.find(".stage-missing").hidden = true
      this.image.hidden = false
      this.image.src = preview
    }
    const next = this.items[this.at + 1]
    if (next) this.load(`${this.images}/${next.content_hash}`)
  }

  load(url) {
    const picture = new Image()
    picture.src = url
    return picture.decode().then(
      () => this.loaded.add(url),
      () => false
    )
  }

  // The thumbnail failed too: nothing to show in its place.
  failed() {
    this.image.hidden = true
    this.find(".stage-missing").hidden = false
  }

  onClick(event) {
    const button = event.target.closest("button")
    if (event.target === this.dialog || button?.matches(".close")) this.dialog.close()
    else if (button?.matches(".previous")) this.turnTo(this.at - 1)
    else if (button?.matches(".next")) this.turnTo(this.at + 1)
    else if (button?.matches(".copy")) this.copyPath()
    else if (button) this.finish(button.dataset.action)
  }

  finish(action) {
    const { id } = this.item
    this.at = -1 // the focus need not come back to a picture that other results take the place of
    this.dialog.close()
    this.act(action, id)
  }

  onKey(event) {
    event.stopPropagation() // Streamlit has shortcuts of its own on single letters
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const turns = { ArrowLeft: this.at - 1, ArrowRight: this.at + 1, Home: 0, End: this.items.length - 1 }
    if (event.key in turns) this.turnTo(turns[event.key])
    else if (event.key === "s") this.finish("similar")
    else if (event.key === "a") this.finish("add")
    else return
    event.preventDefault()
  }

  onSwipe({ clientX, clientY }) {
    if (!this.touch) return
    const [dx, dy] = [clientX - this.touch.clientX, clientY - this.touch.clientY]
    this.touch = null
    if (Math.abs(dx) > SWIPE && Math.abs(dx) > 2 * Math.abs(dy)) this.turnTo(this.at - Math.sign(dx))
  }

  async copyPath() {
    const copied = await copy(this.item.path, this.find(".path"))
    const words = copied ? "Copied" : "Selected: press Ctrl+C"
    this.sayCopied(words, words)
  }

  sayCopied(shown, spoken) {
    this.find(".copy span").textContent = shown
    this.find(".copied").textContent = spoken
  }
}

// On plain HTTP from another machine there is no clipboard: then the text is selected for the visitor to copy.
async function copy(text, shownIn) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    getSelection().selectAllChildren(shownIn)
    return false
  }
}

function facts({ width, height, format, size, taken_at, frames, copies }) {
  const megapixels = (width * height) / 1e6
  const shown = megapixels < 0.95 ? megapixels.toFixed(2) : megapixels.toFixed(1)
  const paged = ["TIFF", "PDF", "MPO"].includes(format)
  return [
    width && ["Dimensions", `${width} × ${height} px · ${shown} MP`],
    format && ["Format", format],
    size && ["Size", fileSize(size)],
    taken_at && ["Taken", taken_at],
    frames > 1 && [paged ? "Pages" : "Frames", `${frames}, the first is searched`],
    copies > 1 && ["Copies", plural(copies, "identical file")],
  ].filter(Boolean)
}

// May break after each separator; what is copied by hand stays as it is.
function breakable(path) {
  return path.split(/(?<=[/\\])/).flatMap(part => [part, document.createElement("wbr")])
}

function twoDecimals(score) {
  return score.toFixed(2).replace(/^-(0\.00)$/, "$1").replace("-", "−")
}
