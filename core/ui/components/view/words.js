// What the options are called, and what is said of each.

/** @import { Labels } from "./types.d.ts" */

/** @type {Labels} */
export const CHOICES = {
  sort: {
    best: "Best match",
    newest: "Newest",
    oldest: "Oldest",
    largest: "Largest",
    smallest: "Smallest",
    name: "Name",
  },
  min_match: { auto: "Auto", strong: "Strong", likely: "Likely", weak: "Weak", all: "Everything" },
  collapse: { off: "Off", bytes: "Copies", image: "Same picture", alike: "Look-alikes" },
}

export const CHOICE_NAMES = /** @type {const} */ (["sort", "min_match", "collapse"])

export const HINTS = {
  auto: "Ends where the search's own matches end.",
  strong: "Only clear matches.",
  likely: "Also probable matches.",
  weak: "Also possible matches.",
  all: "Everything, best first, matching or not.",
  off: "Every file is shown on its own.",
  bytes: "Files with the same content are shown once.",
  image: "Also other sizes, formats and mirrored copies of a picture.",
  alike: "Also cropped copies and shots from a series.",
}

export const SUMMARIES = {
  off: "all files",
  bytes: "copies as one",
  image: "same picture as one",
  alike: "look-alikes as one",
}
