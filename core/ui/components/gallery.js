// The results as tiles. Python sends `items`; the triggers "similar" and "add" answer with a
// content hash, as searches name pictures.

const ELONGATED = 2.4 // from this ratio of sides on, a 4:3 crop would hide too much
const galleries = new WeakMap()

// Called again whenever the data changes; the elements stay.
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gallery")
  const gallery = mounted(galleries, root, () => new Gallery(root))
  gallery.trigger = setTriggerValue
  gallery.show(data)
  return () => gallery.close()
}

class Gallery {
  tiles = new Map()

  constructor(root) {
    this.list = root.querySelector(".tiles")
    this.template = root.querySelector("template").content.firstElementChild
    this.announcement = root.querySelector(".announcement")
    this.lightbox = new Lightbox(root.querySelector("dialog"), {
      act: (action, id) => this.act(action, id),
      closed: id => this.focus(id),
    })
    this.list.onclick = event => this.onClick(event)
    this.list.onkeydown = event => this.onKey(event)
    this.list.ondragstart = event => this.onDrag(event)
    // These two do not bubble.
    this.list.addEventListener("load", event => event.target.classList.add("ready"), true)
    this.list.addEventListener("error", event => event.target.closest(".tile").classList.add("broken"), true)
  }

  close() {
    this.lightbox.dialog.close()
  }

  show({ items, scored, thumbnails, images }) {
    const focused = this.list.contains(this.list.getRootNode().activeElement)
    const known = this.tiles
    this.items = items
    this.tiles = new Map(items.map(item => [item.id, known.get(item.id) ?? this.template.cloneNode(true)]))
    items.forEach((item, at) => fill(this.tiles.get(item.id), item, at, { scored, thumbnails }))
    arrange(this.list, [...this.tiles.values()])
    this.list.classList.toggle("unscored", !scored)
    this.rove(this.tiles.has(this.current) ? this.current : items[0]?.id)
    if (focused) this.focus(this.current, { preventScroll: true })
    this.lightbox.update(items, thumbnails, images)
    this.announcement.textContent = plural(items.length, "picture")
  }

  onClick(event) {
    const tile = event.target.closest(".tile")
    if (!tile) return
    const action = event.target.closest("[data-action]")?.dataset.action
    this.rove(tile.dataset.id)
    if (action && action !== "details") this.act(action, tile.dataset.id)
    else this.lightbox.open(tile.dataset.id)
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const id = event.target.closest(".tile")?.dataset.id
    if (!id) return
    const next = this.neighbour(id, event.key)
    if (next) this.focus(next)
    else if (event.key === "s") this.act("similar", id)
    else if (event.key === "a") this.act("add", id)
    else return
    event.preventDefault()
    event.stopPropagation() // Streamlit has shortcuts of its own on single letters
  }

  neighbour(id, key) {
    const ids = [...this.tiles.keys()]
    const at = ids.indexOf(id)
    const columns = getComputedStyle(this.list).gridTemplateColumns.split(" ").length
    const lastRow = Math.floor((ids.length - 1) / columns)
    const below = Math.floor(at / columns) < lastRow ? Math.min(at + columns, ids.length - 1) : at
    const moves = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: below,
      ArrowUp: at - columns,
      Home: 0,
      End: ids.length - 1,
    }
    return key in moves ? (ids[moves[key]] ?? id) : undefined
  }

  focus(id, options) {
    if (!this.tiles.has(id)) return
    this.rove(id)
    this.tiles.get(id).querySelector(".open").focus(options)
  }

  // One tile at a time is in the tab order, with its buttons; the arrow keys move which.
  rove(id) {
    for (const [tile, index] of [[this.tiles.get(this.current), -1], [this.tiles.get(id), 0]]) {
      tile?.querySelectorAll("button").forEach(button => (button.tabIndex = index))
    }
    this.current = id
  }

  act(action, id) {
    this.trigger(action, this.items.find(item => item.id === id).content_hash)
    this.rove(undefined) // other results follow: start again at their first
    scrollToTop(this.list) // to where the query shows what it has become
  }

  onDrag(event) {
    const item = this.items.find(({ id }) => id === event.target.closest(".tile")?.dataset.id)
    if (!item) return
    event.dataTransfer.effectAllowed = "copy"
    event.dataTransfer.setData(PICTURE_DRAG, JSON.stringify({ id: item.content_hash, name: item.name }))
  }
}

function fill(tile, item, at, { scored, thumbnails }) {
  const signature = JSON.stringify([item, at, scored, thumbnails])
  if (tile.signature === signature) return
  tile.signature = signature
  tile.dataset.id = item.id
  const find = selector => tile.querySelector(selector)
  const score = item.score == null ? "" : twoDecimals(item.score)
  find(".rank").textContent = scored ? at + 1 : ""
  find(".name").textContent = find(".missing-name").textContent = item.name
  find(".name").title = item.name
  find(".score").textContent = score
  find(".bar").style.setProperty("--strength", item.strength)
  find(".copies").textContent = item.copies > 1 ? `×${item.copies}` : ""
  find(".open").setAttribute("aria-label", spoken(item, at, scored, score))
  find("[data-action=similar]").setAttribute("aria-label", `Find similar to ${item.name}`)
  find("[data-action=add]").setAttribute("aria-label", `Add to query: ${item.name}`)
  find("[data-action=details]").setAttribute("aria-label", `Details of ${item.name}`)
  const ratio = item.width / item.height
  tile.classList.toggle("elongated", ratio > ELONGATED || ratio < 1 / ELONGATED)
  setPicture(tile, find("img"), `${thumbnails}/${item.content_hash}`)
}

function setPicture(tile, image, url) {
  if (image.getAttribute("src") === url) return
  image.classList.remove("ready")
  tile.classList.remove("broken")
  image.src = url
}

function spoken({ name, copies }, at, scored, score) {
  const parts = [scored ? `${at + 1}. ${name}` : name]
  if (score) parts.push(`similarity ${score}`)
  if (copies > 1) parts.push(`${copies} copies`)
  return parts.join(", ")
}

function scrollToTop(within) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
  let box = within.getRootNode().host
  while (box && box.scrollTop === 0) box = box.parentElement
  box?.scrollTo({ top: 0, behavior: calm ? "instant" : "smooth" })
}
