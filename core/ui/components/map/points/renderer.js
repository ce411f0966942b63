// The points, drawn by WebGL: their places and the shade of each lie with the graphics processor, which is told from
// where they are seen.

import { FRAGMENT, VERTEX } from "./shaders.js"

/** @import { Camera } from "../view/camera.js" */
/** @import { Layer } from "../types.d.ts" */

const UNIFORMS = /** @type {const} */ (["middle", "scale", "size", "tone", "alpha", "palette", "ring"])

export class PointRenderer {
  /** @type {WebGL2RenderingContext | null} */
  gl = null
  /** @type {Record<string, WebGLUniformLocation | null>} */
  uniforms = {}
  /** @type {Record<"places" | "shades" | "lit" | "chosen", WebGLBuffer | null>} */
  buffers = { places: null, shades: null, lit: null, chosen: null }
  /** What they hold, for when the graphics processor forgets. @type {Record<string, Float32Array | Uint8Array | Uint32Array>} */
  kept = {}
  /** @type {Uint8Array} */
  colours = new Uint8Array(1024)
  ratio = 1
  /** @type {ReturnType<typeof asideOf> | undefined} */
  aside

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{ lost: () => void, restored: () => void }} handlers
   */
  constructor(canvas, { lost, restored }) {
    this.canvas = canvas
    canvas.addEventListener("webglcontextlost", event => {
      event.preventDefault() // it may come back
      this.gl = null
      lost()
    })
    canvas.addEventListener("webglcontextrestored", () => {
      this.begin()
      restored()
    })
    this.begin()
  }

  /** Whether anything can be drawn. */
  get works() {
    return this.gl !== null && !this.gl.isContextLost()
  }

  begin() {
    const gl = this.canvas.getContext("webgl2", { antialias: false, depth: false, alpha: true })
    const program = gl && !gl.isContextLost() ? programOf(gl) : null
    this.gl = program ? gl : null
    this.aside = undefined
    if (!gl || !program) return
    gl.useProgram(program)
    this.uniforms = Object.fromEntries(UNIFORMS.map(name => [name, gl.getUniformLocation(program, name)]))
    this.buffers = { places: gl.createBuffer(), shades: gl.createBuffer(), lit: gl.createBuffer(), chosen: gl.createBuffer() }
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture())
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    this.paint(this.colours)
    for (const [name, array] of Object.entries(this.kept)) this.send(/** @type {"places"} */ (name), array)
  }

  /**
   * @param {"places" | "shades" | "lit" | "chosen"} name
   * @param {Float32Array | Uint8Array | Uint32Array} array
   */
  send(name, array) {
    this.kept[name] = array
    const { gl } = this
    if (!gl) return
    const target = name === "lit" || name === "chosen" ? gl.ELEMENT_ARRAY_BUFFER : gl.ARRAY_BUFFER
    gl.bindBuffer(target, this.buffers[name])
    gl.bufferData(target, array, gl.STATIC_DRAW)
    if (name === "places") this.point(0, () => gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0))
    if (name === "shades") this.point(1, () => gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_BYTE, 0, 0))
  }

  /**
   * @param {number} attribute
   * @param {() => void} at
   */
  point(attribute, at) {
    this.gl?.enableVertexAttribArray(attribute)
    at()
  }

  /** @param {Uint8Array} colours Red, green, blue and whether it is shown, of each of 256 shades. */
  paint(colours) {
    this.colours = colours
    const { gl } = this
    gl?.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, colours)
  }

  /**
   * @param {number} width Pixels of CSS.
   * @param {number} height
   * @param {number} ratio Pixels of the screen in one of them.
   */
  resize(width, height, ratio) {
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
    this.ratio = ratio
    if (this.canvas.width !== w) this.canvas.width = w
    if (this.canvas.height !== h) this.canvas.height = h
  }

  /**
   * Draw aside from now on, where nobody sees it, or on the page.
   * @param {boolean} aside
   */
  turn(aside) {
    const { gl, canvas } = this
    if (!gl) return
    if (aside) this.aside ??= asideOf(gl)
    gl.bindFramebuffer(gl.FRAMEBUFFER, aside && this.aside ? this.aside.frame : null)
    if (!aside || !this.aside || (this.aside.width === canvas.width && this.aside.height === canvas.height)) return
    Object.assign(this.aside, { width: canvas.width, height: canvas.height })
    gl.bindRenderbuffer(gl.RENDERBUFFER, this.aside.store)
    gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, canvas.width, canvas.height)
  }

  /** Put what was drawn aside on the page. */
  reveal() {
    const { gl, canvas, aside } = this
    if (!gl || !aside) return
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, aside.frame)
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null)
    gl.blitFramebuffer(0, 0, canvas.width, canvas.height, 0, 0, canvas.width, canvas.height, gl.COLOR_BUFFER_BIT, gl.NEAREST)
    gl.bindFramebuffer(gl.FRAMEBUFFER, null)
  }

  clear() {
    const { gl, canvas } = this
    if (!gl) return
    gl.viewport(0, 0, canvas.width, canvas.height)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
  }

  /**
   * @param {Camera} camera
   * @param {Layer} layer
   * @param {Iterable<[begin: number, end: number]>} ranges Of places; of a layer of its own, of its entries.
   */
  draw(camera, { which, size, alpha, tone, ring }, ranges) {
    const { gl, uniforms, ratio, kept } = this
    if (!gl || !kept.places || !kept.shades) return
    gl.uniform2f(uniforms.middle, camera.x, camera.y)
    gl.uniform2f(uniforms.scale, (2 * camera.scale) / camera.width, (2 * camera.scale) / camera.height)
    gl.uniform1f(uniforms.size, size * ratio)
    gl.uniform1f(uniforms.alpha, alpha)
    gl.uniform4fv(uniforms.tone, tone)
    gl.uniform4fv(uniforms.ring, ring)
    if (which !== "all") gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers[which])
    for (const [begin, end] of ranges) {
      if (which === "all") gl.drawArrays(gl.POINTS, begin, end - begin)
      else gl.drawElements(gl.POINTS, end - begin, gl.UNSIGNED_INT, 4 * begin)
    }
  }

  close() {
    this.gl?.getExtension("WEBGL_lose_context")?.loseContext()
    this.gl = null
  }
}

/** @param {WebGL2RenderingContext} gl */
function asideOf(gl) {
  const [frame, store] = [gl.createFramebuffer(), gl.createRenderbuffer()]
  gl.bindFramebuffer(gl.FRAMEBUFFER, frame)
  gl.bindRenderbuffer(gl.RENDERBUFFER, store)
  gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, store)
  return { frame, store, width: 0, height: 0 }
}

/** @param {WebGL2RenderingContext} gl */
function programOf(gl) {
  const program = gl.createProgram()
  for (const [kind, source] of /** @type {const} */ ([[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]])) {
    const shader = gl.createShader(kind)
    if (!shader) return null
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null
}
