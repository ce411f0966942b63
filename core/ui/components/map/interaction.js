// What is done on the map itself: looked around, pointed, drawn, walked.

import { part, parts } from "../shared/base.js"
import { Drawing } from "./selection/drawing.js"
import { Gestures } from "./view/gestures.js"
import { pressed } from "./view/keys.js"
import { nextThatWay } from "./view/walking.js"

/** @import { CollectionMap } from "./map.js" */
/** @import { Mode, Place } from "./types.d.ts" */

const STEP = 0.18 // of the window, that an arrow moves the map
const EDGE = 0.12 // of the window: a picture nearer to its edge is brought in
const CENTRAL = 0.3 // of the window, around its middle

export class Interaction {
  /** @type {Mode} */
  mode = "move"
  /** @type {Drawing | null} */
  drawing = null
  /** @type {Place | null} */
  pointer = null // pixels
  byKeys = false // whether it was moved by them last
  isTold = false // whether what is pointed at is to be told to those who do not see it
  isEntered = false // whether the focus goes to what is opened

  /** @param {CollectionMap} map */
  constructor(map) {
    this.map = map
    this.stage = map.stage
    this.gestures = new Gestures(this.stage.surface, {
      mode: () => this.mode,
      move: (from, to, factor) => this.stage.view.look(this.stage.camera.moved(from, to, factor)),
      zoom: (at, factor) => this.stage.view.look(this.stage.camera.moved(at, at, factor)),
      draw: (at, phase, event) => this.draw(at, phase, event),
      hover: at => this.hover(at),
      press: (at, isTouch) => this.press(at, isTouch),
      double: (at, isOut) => this.mode === "move" && this.stage.view.zoom(isOut ? 0.5 : 2, at),
    })
    this.stage.surface.onkeydown = event => {
      if (pressed(event, this.keys)) event.preventDefault()
    }
    this.stage.surface.onblur = () => {
      if (this.byKeys) this.point(-1)
    }
    for (const radio of parts(map.root, "[name=mode]", HTMLInputElement)) {
      radio.onchange = () => this.setMode(/** @type {Mode} */ (radio.value))
    }
  }

  close() {
    this.gestures.close()
  }

  begin() {
    this.pointer = this.drawing = null
    this.map.hint.hide()
  }

  /** @type {import("./view/keys.js").KeyHandlers} */
  get keys() {
    const { stage, map } = this
    return {
      pan: (x, y) => this.pan(x, y),
      step: (x, y) => this.walk([x, y]),
      zoom: factor => {
        this.byKeys = true
        stage.view.zoom(factor)
      },
      fit: () => stage.view.all(),
      mode: mode => map.data.routes.selections && this.setMode(mode),
      open: () => this.open(stage.pointed, true),
      all: () => this.selectSeen(),
      leave: () => this.leave(),
    }
  }

  /** @param {Mode} mode */
  setMode(mode) {
    this.mode = mode
    for (const radio of parts(this.map.root, "[name=mode]", HTMLInputElement)) radio.checked = radio.value === mode
    this.stage.surface.dataset.mode = mode
    this.map.announce({ move: "Dragging moves the map", box: "Dragging selects a box", lasso: "Dragging selects what you draw around" }[mode])
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  pan(x, y) {
    const { camera, view } = this.stage
    const { x: fromX, y: fromY, scale } = view.goal
    this.byKeys = true
    const goal = { x: fromX + (x * STEP * camera.width) / scale, y: fromY - (y * STEP * camera.height) / scale, scale }
    view.fly(goal, 160)
  }

  /**
   * To the next picture.
   * @param {[x: number, y: number]} way
   */
  walk(way) {
    const { stage } = this
    const { camera, cells, colouring } = stage
    if (!cells) return
    const from = stage.pointed >= 0 ? stage.placeOf(stage.pointed) : { x: camera.x, y: camera.y }
    const next = nextThatWay(cells, from, way, 1 / camera.scale, place => colouring.isShown(place) && place !== stage.pointed)
    if (next < 0) return
    this.byKeys = false // the middle does not matter now
    this.point(next, true)
    const at = camera.toScreen(stage.placeOf(next).x, stage.placeOf(next).y)
    const isNear = (/** @type {number} */ value, /** @type {number} */ whole) => value < EDGE * whole || value > (1 - EDGE) * whole
    if (isNear(at.x, camera.width) || isNear(at.y, camera.height)) stage.view.fly({ ...stage.placeOf(next), scale: camera.scale }, 200)
  }

  /**
   * @param {Place} at
   * @param {"begin" | "on" | "end" | "cancel"} phase
   * @param {PointerEvent} event
   */
  draw(at, phase, event) {
    const { stage, map } = this
    if (!map.data.routes.selections) return
    if (phase === "begin") {
      map.hint.hide()
      this.drawing = new Drawing(this.mode === "lasso" ? "lasso" : "box", stage.camera, at)
    } else this.drawing?.move(at)
    const shape = phase === "end" ? this.drawing?.shape : null
    if (phase === "end" || phase === "cancel") this.drawing = null
    stage.outline = this.drawing?.outline ?? null
    stage.paint()
    if (shape) map.selecting.select(shape, event.altKey ? "remove" : event.shiftKey && this.mode !== "move" ? "add" : this.combining)
  }

  /** What becomes of a selection that there is, where no key says it. */
  get combining() {
    const [radio] = parts(this.map.root, "[name=combine]:checked", HTMLInputElement)
    return /** @type {"new" | "add" | "remove"} */ (radio?.value ?? "new")
  }

  selectSeen() {
    if (this.map.data.routes.selections) this.map.selecting.select({ box: this.stage.camera.seen() }, "new")
  }

  /** @param {Place | null} at */
  hover(at) {
    this.pointer = at
    this.byKeys = false
    const { stage } = this
    const named = at && stage.nameAt(at)
    stage.surface.classList.toggle("over", Boolean(named))
    this.point(at && !named ? stage.at(at, false) : -1)
  }

  /**
   * @param {number} place
   * @param {boolean} [isTold] To those who do not see it.
   */
  point(place, isTold = false) {
    const { stage } = this
    if (place !== stage.pointed) {
      stage.pointed = place
      stage.surface.classList.toggle("on-point", place >= 0)
      stage.paint()
    }
    this.isTold = isTold
    this.tell()
  }

  /** Says what is pointed at, as soon as it is known. */
  tell() {
    const { stage, map } = this
    const point = stage.pointOf(stage.pointed)
    const picture = point >= 0 ? stage.pictures?.get(point) : null
    if (!picture || stage.pointed === stage.pinned) return map.hint.hide()
    const { x, y } = stage.placeOf(stage.pointed)
    map.hint.show(picture, map.clusterName(point), stage.camera.toScreen(x, y))
    if (this.isTold) map.announce(`${picture.name}, ${map.clusterName(point)}`)
    this.isTold = false
  }

  /**
   * @param {Place} at
   * @param {boolean} isTouch
   */
  press(at, isTouch) {
    const { stage, map } = this
    stage.surface.focus({ preventScroll: true })
    const cluster = stage.nameAt(at)
    if (cluster) map.showCluster(cluster)
    else this.open(stage.at(at, isTouch))
  }

  /**
   * @param {number} place
   * @param {boolean} [isEntered] Whether the focus goes there.
   */
  open(place, isEntered = false) {
    const { stage, map } = this
    this.isEntered = isEntered
    if (place < 0) {
      if (map.card.picture) map.card.leave()
      map.point(null)
      return
    }
    stage.pinned = place
    map.hint.hide()
    stage.paint()
    this.showCard()
  }

  showCard() {
    const { stage, map } = this
    const point = stage.pointOf(stage.pinned)
    const picture = point >= 0 ? stage.pictures?.get(point) : null
    if (!picture || map.card.picture === picture) return
    map.card.show(picture, map.clusterName(point))
    if (this.isEntered) part(map.card.box, ".similar").focus()
    else map.announce(`${picture.name} opened`)
  }

  unpin() {
    this.stage.pinned = -1
    this.stage.surface.focus({ preventScroll: true })
    this.stage.paint()
  }

  leave() {
    const { map, stage } = this
    if (this.drawing) {
      this.drawing = stage.outline = null
      stage.paint()
    } else if (map.card.picture) map.card.leave()
    else if (map.selecting.chosen) map.selecting.leave()
    else if (this.mode !== "move") this.setMode("move")
    else map.point(null)
  }

  onMoved() {
    if (this.stage.pointed >= 0) this.tell()
  }

  onPictures() {
    this.tell()
    this.showCard()
  }

  /** The picture in the middle, where the map was moved by keys; what is under the pointer, else. */
  onRest() {
    const { stage } = this
    const { width, height } = stage.camera
    if (this.byKeys) this.point(stage.near({ x: width / 2, y: height / 2 }, CENTRAL * Math.min(width, height)), true)
    else if (this.pointer) this.hover(this.pointer)
  }
}

