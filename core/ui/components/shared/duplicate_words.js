// What is known of a picture by the last scan for duplicates, in words.

/** @type {Record<string, string>} */
export const DUPLICATES = {
  "same-bytes": "Same file as another",
  "same-picture": "Same picture as another",
  "look-alike": "Look-alike",
  undecided: "To decide",
  kept: "Kept",
  "set-aside": "Set aside",
  distinct: "Not a duplicate",
}

/** @param {string[]} marks */
export function inWords(marks) {
  return marks.map(mark => DUPLICATES[mark] ?? mark).join(", ")
}

/** @param {{ duplicates?: string[] }} item */
export function isSetAside({ duplicates }) {
  return Boolean(duplicates?.includes("set-aside"))
}
