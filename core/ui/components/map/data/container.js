// Arrays as the server sends them: a header in JSON, and what it names behind it, looked at where it lies.

/** @import { Container, Header, NamedArray } from "../types.d.ts" */

const MAGIC = "ISM1"
const PREFIX = 8 // bytes: the magic word, and the length of the header
const KINDS = { float32: Float32Array, uint32: Uint32Array, uint8: Uint8Array }

/**
 * @param {ArrayBuffer} buffer
 * @returns {Container}
 */
export function readContainer(buffer) {
  const text = new TextDecoder()
  if (buffer.byteLength < PREFIX || text.decode(new Uint8Array(buffer, 0, 4)) !== MAGIC) throw cutOff()
  const length = new DataView(buffer).getUint32(4, true)
  if (PREFIX + length > buffer.byteLength) throw cutOff()
  /** @type {Header} */
  const header = JSON.parse(text.decode(new Uint8Array(buffer, PREFIX, length)))
  const arrays = header.arrays.map(array => /** @type {const} */ ([array.name, viewOf(buffer, PREFIX + length, array)]))
  return { header, arrays: new Map(arrays) }
}

/**
 * @param {ArrayBuffer} buffer
 * @param {number} begin Of all arrays.
 * @param {NamedArray} array
 */
function viewOf(buffer, begin, { dtype, shape, offset }) {
  const Kind = KINDS[dtype]
  const count = shape.reduce((product, size) => product * size, 1)
  if (begin + offset + count * Kind.BYTES_PER_ELEMENT > buffer.byteLength) throw cutOff()
  return new Kind(buffer, begin + offset, count)
}

function cutOff() {
  return new Error("The answer was cut off. Try again.")
}

/**
 * An array of a container, of which it is known that it is there and what kind it is.
 * @template {Float32Array | Uint32Array | Uint8Array} Kind
 * @param {Container} container
 * @param {string} name
 * @param {new (length: number) => Kind} kind
 * @returns {Kind}
 */
export function arrayOf({ arrays }, name, kind) {
  const found = arrays.get(name)
  if (found instanceof kind) return found
  throw cutOff()
}
