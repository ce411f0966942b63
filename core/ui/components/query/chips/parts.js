// What a part of a query is: words, a condition, a picture, or one that results are to be more or less like.

export const CHIP_NAMES = { more: "More like ", less: "Less like " }
export const isTyped = part => part.kind === "words" || part.kind === "filter"
const isExcluding = part => part.kind === "filter" && /^[-−]/.test(part.text)
export const isNegative = part => part.weight < 0 || part.kind === "less" || isExcluding(part)
export const nameOf = part => (CHIP_NAMES[part.kind] ?? "") + (part.text ?? part.name)
