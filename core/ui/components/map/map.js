// All pictures of a collection in two dimensions: alike ones lie together. Python sends which map there is, and the
// search whose hits are to be lit; all else is asked of the server here. The triggers answer: "search" with the words
// that are to be lit, "go" with the parameters of a search, "place" when pictures without a place are to get one,
// "outdated" when there is another map.

import { finder, mounting, parts, remember, remembered } from "../shared/base.js"
import { plural } from "../shared/format.js"
import { sentence } from "../shared/requests.js"
import { Hint, PictureCard } from "./card.js"
import { ColourChoice } from "./colours/choice.js"
import { Legend } from "./colours/legend.js"
import { ClusterPanel } from "./clusters/panel.js"
import { Pictures } from "./data/pictures.js"
import { MapServer } from "./data/server.js"
import { Interaction } from "./interaction.js"
import { Lighting } from "./lighting.js"
import { MapStage } from "./map_stage.js"
import { Selecting } from "./selection/selecting.js"

/** @import { Trigger } from "../shared/types.d.ts" */
/** @import { Cluster, MapData, MapInfo, Points, Sight } from "./types.d.ts" */

const NARROW = 860 // pixels: where the list of clusters becomes a drawer
const LEAST_HEIGHT = 380
const FOOT = 12 // pixels below the map
const LEGEND = 220 // pixels of the legend beside the map

export default mounting(".map", (root, data, trigger) => new CollectionMap(root, data, trigger))

export class CollectionMap {
  /** @type {MapInfo | null} */
  map = null
  /** @type {MapServer | null} */
  server = null
  listening = new AbortController()
  /** @type {boolean | undefined} */
  wasNarrow

  /**
   * @param {HTMLElement} root
   * @param {MapData} data
   * @param {Trigger} trigger
   */
  constructor(root, data, trigger) {
    this.root = root
    this.data = data
    this.trigger = trigger
    this.find = finder(root)
    const { routes } = data
    const go = (this.go = (/** @type {string} */ parameters) => this.trigger("go", parameters))
    const announce = (/** @type {string} */ text) => this.announce(text)
    this.stage = new MapStage(this.find(".stage"), {
      thumbnails: routes.thumbnails,
      moved: () => this.interaction.onMoved(),
      rested: () => this.onRest(),
      painted: () => this.legend.show(this.stage.theme.isDark),
      drawn: () => (this.root.dataset.drawn = String(Math.round(performance.now()))),
      lost: isLost => this.onLost(isLost),
    })
    this.legend = new Legend(this.find(".legend"), this.stage.colouring, () => this.onLegend())
    this.selecting = new Selecting(root, this.stage, { routes, go, announce, changed: () => this.colours.again() })
    this.card = new PictureCard(this.find(".card"), routes, { go, closed: () => this.interaction.unpin() })
    this.panel = new ClusterPanel(this.find(".clusters"), routes, {
      ...{ go, announce },
      show: cluster => this.showCluster(cluster),
      point: cluster => this.point(cluster),
      rename: routes.names ? (number, name) => this.rename(number, name) : null,
      choose: routes.selections ? cluster => this.selecting.select({ clusters: [cluster.number] }, "new") : null,
    })
    this.colours = new ColourChoice(this)
    this.lighting = new Lighting(this)
    this.interaction = new Interaction(this)
    this.hint = new Hint(this.find(".hint"), routes)
    this.sizing = new ResizeObserver(() => this.fit())
    this.sizing.observe(root)
    this.sizing.observe(document.body)
    this.listen()
  }

  listen() {
    this.find(".search", HTMLFormElement).onsubmit = event => {
      event.preventDefault()
      this.trigger("search", this.find(".search input", HTMLInputElement).value.trim())
    }
    this.find(".unlight").onclick = () => this.trigger("search", "")
    this.find(".in").onclick = () => this.stage.view.zoom(1.6)
    this.find(".out").onclick = () => this.stage.view.zoom(1 / 1.6)
    this.find(".fit").onclick = () => this.stage.view.all()
    this.find(".open-clusters").onclick = () => this.openDrawer(!this.root.classList.contains("drawer"))
    this.find(".clusters .close").onclick = () => this.openDrawer(false)
    this.find(".again").onclick = () => this.load()
    this.find(".place").onclick = () => this.trigger("place", true)
    this.root.onkeydown = event => event.stopPropagation() // Streamlit has shortcuts of its own on single letters
    const onTheme = () => [0, 200, 800].forEach(wait => setTimeout(() => this.stage.checkTheme(), wait))
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onTheme, { signal: this.listening.signal })
    this.root.addEventListener("transitionend", event => event.propertyName === "color" && event.target === this.root && this.stage.checkTheme())
  }

  close() {
    this.listening.abort()
    this.sizing.disconnect()
    for (const open of [this.colours, this.lighting, this.interaction, this.selecting]) open.close()
    this.stage.pictures?.close()
    this.stage.close()
  }

  fit() {
    const top = this.root.getBoundingClientRect().top + (this.root.ownerDocument.scrollingElement?.scrollTop ?? 0)
    this.root.style.setProperty("--tall", `${Math.max(LEAST_HEIGHT, innerHeight - Math.max(0, top) - FOOT)}px`)
    const isNarrow = this.root.clientWidth < NARROW
    if (this.root.classList.toggle("narrow", isNarrow) !== this.wasNarrow) {
      this.wasNarrow = isNarrow
      this.find(".legend", HTMLDetailsElement).open = !isNarrow
      this.stage.camera.aside = isNarrow ? 0 : LEGEND
    }
    const { left, right } = this.find(".stage").getBoundingClientRect()
    this.find(".selection").style.setProperty("--left", `${left}px`)
    this.find(".selection").style.setProperty("--right", `${document.documentElement.clientWidth - right}px`)
  }

  /** @param {MapData} data */
  show(data) {
    const before = this.map
    this.data = data
    this.selecting.tags = data.tags
    this.fit()
    this.offer()
    this.find(".behind").hidden = !data.map.behind
    this.find(".behind span").textContent = `${plural(data.map.behind, "new picture")} without a place yet.`
    this.find(".place").hidden = !data.routes.names
    if (data.map.version !== before?.version) this.begin(data.map, before)
    else this.lighting.show(data)
  }

  /** What can be done here. */
  offer() {
    const { routes, said } = this.data
    this.find(".modes").hidden = !routes.selections
    this.find(".search input", HTMLInputElement).value = said
    this.colours.offer()
  }

  /**
   * Another map, or another version of it: those who had a place keep it, and so does whoever looks.
   * @param {MapInfo} map
   * @param {MapInfo | null} before
   */
  begin(map, before) {
    this.map = map
    const grown = before && before.layout === map.layout ? map.points - before.points : 0
    if (grown > 0) this.selecting.toast.done(`${plural(grown, "new picture")} placed.`)
    this.load()
  }

  async load() {
    const { map } = this
    if (!map) return
    const server = (this.server = this.selecting.server = new MapServer(this.data.routes.map, map.version))
    this.say("")
    this.root.classList.add("loading")
    try {
      const [points, clusters, colours] = await Promise.all([server.points(), server.clusters(), server.colourings()])
      if (this.server !== server) return
      this.colours.known = colours
      this.colours.offer()
      this.place(map, points)
      this.stage.clusters = clusters.clusters
      this.panel.show(clusters.clusters, clusters.outside)
      this.describe(map)
      this.lighting.show(this.data, true)
      this.colours.choose(this.colours.preferred)
      const wanted = clusters.clusters.find(({ number }) => number === this.data.cluster)
      if (wanted) this.showCluster(wanted)
    } catch (error) {
      if (this.server === server) this.onTrouble(error)
    } finally {
      if (this.server === server) this.root.classList.remove("loading")
    }
  }

  /**
   * @param {MapInfo} map
   * @param {Points} points
   */
  place(map, points) {
    const { stage } = this
    stage.pictures?.close()
    const pictures = new Pictures(this.server?.plain("/pictures") ?? "", map.version, {
      changed: () => this.onPictures(),
      outdated: () => this.trigger("outdated", map.version),
    })
    this.selecting.clear()
    this.card.hide()
    stage.begin(points, map.bounds, pictures, this.rememberedSight(map))
    this.interaction.begin()
  }

  /** @param {MapInfo} map */
  describe(map) {
    const about = `${plural(map.points, "picture")} in ${plural(map.clusters, "cluster")}`
    this.stage.surface.setAttribute("aria-label", `Map of ${about}`)
    this.find(".few").hidden = map.points >= 10
    this.find(".no-webgl").hidden = this.stage.renderer.works
  }

  /** @param {unknown} error */
  onTrouble(error) {
    const text = sentence(error)
    if (text.startsWith("The map has changed")) this.trigger("outdated", this.map?.version ?? "")
    else this.say(text)
  }

  /** @param {string} text */
  say(text) {
    this.find(".failed").hidden = !text
    this.find(".failed p").textContent = text
  }

  /** @param {boolean} isLost */
  onLost(isLost) {
    this.find(".lost").hidden = !isLost
    this.announce(isLost ? "The drawing of the map was interrupted." : "The map is drawn again.")
  }

  onLegend() {
    this.stage.recolour()
    this.legend.show(this.stage.theme.isDark)
  }

  /** @param {Cluster} cluster */
  showCluster(cluster) {
    this.openDrawer(false)
    this.stage.view.flyTo(cluster.bounds)
    this.point(cluster)
    this.announce(`${cluster.name}: ${plural(cluster.size, "picture")}`)
  }

  /** @param {Cluster | null} cluster */
  point(cluster) {
    this.stage.emphasis = cluster
    this.stage.paint()
  }

  /**
   * @param {number} number
   * @param {string} name
   */
  async rename(number, name) {
    const server = /** @type {MapServer} */ (this.server)
    const renamed = await server.rename(number, name)
    this.stage.clusters = this.stage.clusters.map(cluster => (cluster.number === number ? Object.assign(cluster, renamed) : cluster))
    this.stage.paint()
    if (this.colours.by === "cluster") this.colours.again()
    return renamed
  }

  /**
   * The name of the cluster that a point is in, with that of the one around it.
   * @param {number} point
   */
  clusterName(point) {
    const find = (/** @type {number} */ number) => this.stage.clusters.find(cluster => cluster.number === number)
    const own = find(this.stage.clusterOf[point])
    const around = own && find(own.parent)
    return own ? [around?.name, own.name].filter(Boolean).join(" › ") : "In no cluster"
  }

  onPictures() {
    this.interaction.onPictures()
    this.stage.paint()
  }

  onRest() {
    this.interaction.onRest()
    if (this.map) remember("map-sight", { layout: this.map.layout, ...this.stage.camera.sight })
  }

  /**
   * From where it was looked at last, where it is the same.
   * @param {MapInfo} map
   * @returns {Sight | null}
   */
  rememberedSight({ layout }) {
    const kept = /** @type {Partial<Sight & { layout: string }> | null} */ (remembered("map-sight"))
    const { x, y, scale } = kept ?? {}
    if (kept?.layout !== layout || ![x, y, scale].every(Number.isFinite)) return null
    return { x: Number(x), y: Number(y), scale: Number(scale) }
  }

  /** @param {boolean} isOpen */
  openDrawer(isOpen) {
    if (!this.root.classList.contains("narrow")) isOpen = false
    this.root.classList.toggle("drawer", isOpen)
    const opener = this.find(".open-clusters")
    const wasOpen = opener.getAttribute("aria-expanded") === "true"
    opener.setAttribute("aria-expanded", String(isOpen))
    if (isOpen) parts(this.root, ".clusters button")[0]?.focus()
    else if (wasOpen) opener.focus()
  }

  /** @param {string} text */
  announce(text) {
    this.find(".announcement").textContent = text
  }
}
