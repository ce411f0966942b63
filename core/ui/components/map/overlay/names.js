// The names of clusters where they lie: the largest first, none on another, more of them the closer one looks.

/** @import { Camera } from "../view/camera.js" */
/** @import { Box, Cluster, Label } from "../types.d.ts" */

const SMALLEST = 22 // pixels of a cluster's radius: below that it has no name on the map
const GONE = 0.7 // of the window: a cluster that is larger gives its place to those within it
const PARTED = 150 // pixels of a cluster's radius, from which those within it are named
const GAP = 6 // pixels between names
const SIZES = /** @type {const} */ ([[15, 650], [13, 600], [12, 500]]) // pixels and weight, by level

/**
 * @param {number} level
 * @returns {readonly [size: number, weight: number]}
 */
export function lettering(level) {
  return SIZES[Math.min(level, SIZES.length - 1)]
}

/**
 * @param {Cluster[]} clusters
 * @param {Camera} camera
 * @param {(text: string, level: number) => number} width In pixels.
 * @param {Box[]} [taken] Where none is to be.
 * @returns {Label[]} Those that are shown, in pixels: where the middle of each is, and how large.
 */
export function placedNames(clusters, camera, width, taken = []) {
  const parents = new Map(clusters.map(cluster => [cluster.number, cluster]))
  const split = new Set(clusters.map(({ parent }) => parent))
  const wanted = clusters.filter(cluster => isWanted(cluster, camera, parents.get(cluster.parent), split))
  wanted.sort((one, other) => one.level - other.level || other.size - one.size || one.number - other.number)
  /** @type {Label[]} */
  const shown = []
  for (const cluster of wanted) {
    const { x, y } = camera.toScreen(cluster.x, cluster.y)
    const label = { cluster, x, y, width: width(cluster.name, cluster.level), height: lettering(cluster.level)[0] * 1.3 }
    if (![...taken, ...shown].some(other => overlap(label, other))) shown.push(label)
  }
  return shown.filter(label => isSeen(label, camera))
}

/**
 * @param {Cluster} cluster
 * @param {Camera} camera
 * @param {Cluster | undefined} parent
 * @param {Set<number>} split The numbers of those that have others within them.
 */
function isWanted({ radius, number }, { scale, width, height }, parent, split) {
  const pixels = radius * scale
  if (pixels < SMALLEST && parent) return false
  if (parent && parent.radius * scale < PARTED) return false
  return !split.has(number) || pixels < GONE * Math.max(width, height)
}

/**
 * @param {Box} one
 * @param {Box} other
 */
function overlap(one, other) {
  return (
    Math.abs(one.x - other.x) < (one.width + other.width) / 2 + GAP &&
    Math.abs(one.y - other.y) < (one.height + other.height) / 2 + GAP / 2
  )
}

/**
 * @param {Label} label
 * @param {Camera} camera
 */
function isSeen({ x, y, width, height }, camera) {
  return x > -width / 2 && x < camera.width + width / 2 && y > -height / 2 && y < camera.height + height / 2
}

/**
 * The name at a place of the window.
 * @param {Label[]} labels
 * @param {number} x
 * @param {number} y
 */
export function nameAt(labels, x, y) {
  return labels.find(one => Math.abs(one.x - x) <= one.width / 2 + 3 && Math.abs(one.y - y) <= one.height / 2 + 3)
}
