// Mercator's projection, and which part of it is shown.

/** @import { Dot, Frame, Spot } from "./types.d.ts" */

const MAX_LATITUDE = 85.05113 // where the map is a square
const AROUND = 0.12 // of what is shown, on each side of the outermost places
const LEAST_OUTLINE = 0.11 // of the whole: the outline of the land has nothing to show below forty degrees
const LEAST_TILES = 0.00002
const TILE = 256 // pixels

/**
 * @param {number} latitude
 * @param {number} longitude
 * @returns {Spot}
 */
export function spot(latitude, longitude) {
  const angle = (Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, latitude)) * Math.PI) / 180
  return { x: (longitude + 180) / 360, y: (1 - Math.log(Math.tan(angle) + 1 / Math.cos(angle)) / Math.PI) / 2 }
}

/**
 * The part of the map that has all dots on it, of the same ratio of sides as the room for it.
 * @param {Dot[]} dots
 * @param {number} ratio Width over height.
 * @param {boolean} tiled
 * @returns {Frame}
 */
export function frameOf(dots, ratio, tiled) {
  const spots = dots.map(dot => spot(dot.latitude, dot.longitude))
  const xs = spots.map(({ x }) => x)
  const ys = spots.map(({ y }) => y)
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const least = tiled ? LEAST_TILES : LEAST_OUTLINE
  let width = Math.max((right - left) * (1 + 2 * AROUND), least)
  let height = Math.max((bottom - top) * (1 + 2 * AROUND), least / ratio)
  if (width / height < ratio) width = height * ratio
  else height = width / ratio
  const middle = width >= 1 ? 0.5 : (left + right) / 2 // of the whole world nothing is twice
  return { left: middle - width / 2, top: (top + bottom) / 2 - height / 2, width, height }
}

/**
 * The tiles that cover a part of the map, each with its place in pixels.
 * @param {Frame} frame
 * @param {number} width Of the room for it, in pixels.
 */
export function tilesOf(frame, width) {
  const zoom = Math.max(0, Math.min(18, Math.ceil(Math.log2(width / TILE / frame.width) - 0.3)))
  const across = 2 ** zoom
  const scale = width / frame.width / across // pixels of a tile
  const tiles = []
  for (let x = Math.floor(frame.left * across); x < (frame.left + frame.width) * across; x++) {
    for (let y = Math.max(0, Math.floor(frame.top * across)); y < Math.min(across, (frame.top + frame.height) * across); y++) {
      tiles.push({
        zoom,
        x: ((x % across) + across) % across,
        y,
        left: (x - frame.left * across) * scale,
        top: (y - frame.top * across) * scale,
        side: scale,
      })
    }
  }
  return tiles
}

/**
 * @param {string} template With {z}, {x} and {y}.
 * @param {{ zoom: number, x: number, y: number }} tile
 */
export function tileUrl(template, { zoom, x, y }) {
  return template.replaceAll("{z}", String(zoom)).replaceAll("{x}", String(x)).replaceAll("{y}", String(y))
}

/**
 * Lines of longitudes and latitudes in turn, as the path of a drawing of so many pixels.
 * @param {number[][]} rings
 * @param {Frame} frame
 * @param {number} width
 */
export function outline(rings, frame, width) {
  const scale = width / frame.width
  const parts = []
  for (const ring of rings) {
    let line = ""
    for (let at = 0; at + 1 < ring.length; at += 2) {
      const { x, y } = spot(ring[at + 1] ?? 0, ring[at] ?? 0)
      line += `${line ? "L" : "M"}${((x - frame.left) * scale).toFixed(1)} ${((y - frame.top) * scale).toFixed(1)}`
    }
    parts.push(`${line}Z`)
  }
  return parts.join("")
}

/** @param {{ latitude: number, longitude: number }} place */
export function inWords({ latitude, longitude }) {
  const north = `${Math.abs(latitude).toFixed(1)}° ${latitude < 0 ? "S" : "N"}`
  return `${north}, ${Math.abs(longitude).toFixed(1)}° ${longitude < 0 ? "W" : "E"}`
}
