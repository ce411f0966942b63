// How well a picture matches, in words and numbers.

export const BANDS = { strong: "Strong", likely: "Likely", weak: "Weak", none: "Unlikely" }
export const OF_KIND = "Of this kind" // instead of weak, where most pictures of the collection are
export const BY_NAME = "By its name" // instead of likely, where the picture does not say so

// What is not judged yet stands above the line.
export function matches(item) {
  return item.matches !== false
}

export function isDivided(search) {
  return search?.cut !== "all"
}

// How well it matches; undefined where that is not judged.
export function matchWords(item) {
  return special(item) || (item.band && `${BANDS[item.band]} match`)
}

export function special({ by_name: byName, ofKind }) {
  return byName ? BY_NAME : ofKind && OF_KIND
}

// Whether the results are to be more or less like it already.
export function feedback({ content_hash }, search) {
  return ["more", "less"].find(kind => search?.[kind]?.includes(content_hash)) ?? ""
}

export function twoDecimals(score) {
  return score.toFixed(2).replace(/^-(0\.00)$/, "$1").replace("-", "−")
}
