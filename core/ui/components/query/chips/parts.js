// What a part of a query is: words, a condition, a picture, or one that results are to be more or less like.

/**
 * @typedef {{
 *   kind: "words" | "filter" | "picture" | "more" | "less", text?: string, name?: string, id?: string, weight?: number,
 *   region?: number[] | null,
 * }} Part
 */

/** @type {Partial<Record<Part["kind"], string>>} */
export const CHIP_NAMES = { more: "More like ", less: "Less like " }
export const isTyped = (/** @type {Part} */ part) => part.kind === "words" || part.kind === "filter"
const isExcluding = (/** @type {Part} */ part) => part.kind === "filter" && /^[-−]/.test(part.text ?? "")
export const isNegative = (/** @type {Part} */ part) => (part.weight ?? 1) < 0 || part.kind === "less" || isExcluding(part)
export const nameOf = (/** @type {Part} */ part) => (CHIP_NAMES[part.kind] ?? "") + (part.text ?? part.name)
