// What is said of a part of a query: words, a condition, a picture, or one that results are to be more or less like.

/** @import { Part, SentPart, TypedPart, WeightedPart } from "../types.d.ts" */

/** @type {Partial<Record<Part["kind"], string>>} */
export const CHIP_NAMES = { more: "More like ", less: "Less like " }

/**
 * @param {Part} part
 * @returns {part is TypedPart}
 */
export function isTyped(part) {
  return part.kind === "words" || part.kind === "filter"
}

/**
 * @param {Part} part
 * @returns {part is WeightedPart}
 */
export function isWeighted(part) {
  return part.kind === "words" || part.kind === "image"
}

/** @param {Part} part */
export function isNegative(part) {
  if (part.kind === "filter") return /^[-−]/.test(part.text)
  return part.kind === "less" || (isWeighted(part) && part.weight < 0)
}

/** @param {Part} part */
export function nameOf(part) {
  return (CHIP_NAMES[part.kind] ?? "") + (isTyped(part) ? part.text : part.name)
}

/**
 * @param {Part} part
 * @returns {SentPart}
 */
export function asSent(part) {
  if (isTyped(part)) return part
  const { name: _, ...sent } = part
  return sent
}
