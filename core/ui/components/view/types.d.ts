// What the view options are given, and what they send.

import type { Answered } from "../shared/types.d.ts"

/** As `view_options` of view.py sends it. */
export interface ViewData extends Answered {
  options: Options
  defaults: Options
  duplicate_threshold: number
  no_match: boolean
  scored: boolean
  narrowed: number
  /** Whether there are pictures with labels. */
  labelled: boolean
}

/** `Options` of core/search/options.py; the trigger "options" sends them back. */
export interface Options {
  sort: "best" | "newest" | "oldest" | "largest" | "smallest" | "name"
  min_match: "auto" | "strong" | "likely" | "weak" | "all"
  collapse: "off" | "bytes" | "image" | "alike"
  /** The cosine from which pictures are alike; null where it is found for each search. */
  duplicate_threshold: number | null
  diversity: number
}

/** The options that are chosen among a few, and those that a slider sets. */
export type Choice = "sort" | "min_match" | "collapse"
export type Share = "duplicate_threshold" | "diversity"
export type Labels = { [Name in Choice]: Record<Options[Name], string> }
