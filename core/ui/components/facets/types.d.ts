// What the panel of facets is given, and what it keeps.

import type { Answered } from "../shared/types.d.ts"

/** As `facets_panel` of facets.py sends it. */
export interface FacetsData extends Answered {
  groups: Groups
  /** Whether the counts are estimates. */
  estimated: boolean
  where: Where
  roots: string[]
}

/** Of each facet that has some, its values and how many results have each, the most frequent first. */
export type Groups = Record<string, [value: string, count: number][] | undefined>

/** What is chosen, as `panel_of` of core/ui/facets_view.py makes it; the trigger "where" sends it back. */
export interface Where {
  values: Record<TextField, ChosenValues>
  folders: Chosen
  years: number[]
  ranges: Record<NumberField, Bounds<number>> & { taken: Bounds<string> }
  name: string
  others: string[]
}

export type TextField = "label" | "tag" | "folder" | "shape" | "colour" | "format" | "camera" | "lens" | "split" | "class" | "cluster" | "quality" | "duplicate"
export type NumberField = "size" | "width" | "height"

export interface Chosen {
  chosen: string[]
  excluded: string[]
}

/** `all`: whether all of the chosen must be there; null where that makes no difference. */
export interface ChosenValues extends Chosen {
  all: boolean | null
}

/** From the first up to, and without, the second; null: no bound. */
export type Bounds<Bound> = [low: Bound | null, high: Bound | null]

/** Chosen, excluded, or neither. */
export type ChoiceState = "in" | "out" | ""

/** A row of a list. `count` is null where it is not known; `level` and `open` are those of a tree. */
export interface Entry {
  value: string
  name: string
  title?: string
  count: number | null
  state: ChoiceState
  level?: number
  open?: boolean
  share?: number
  mark?: string
}

/** A folder with what is below it. */
export interface FolderNode {
  path: string
  count: number
  children: FolderNode[]
  /** Whether pictures lie in it, and not only below it. */
  own?: boolean
}

/** What a group knows of the panel that it stands in. */
export interface Panel {
  where: Where
  /** Which groups the visitor has opened or closed. */
  folds: Record<string, boolean>
  template(name: string): HTMLElement
  change(said: string): void
}

export interface GroupOptions<Field extends string = string> {
  field: Field
  title: string
  /** Whether it is open until the visitor closes it. */
  open?: boolean
}

export interface ListOptions<Field extends string = string> extends GroupOptions<Field> {
  /** What a single value is called, where it is not the title. */
  one?: string
  tree?: boolean
}

export interface ValueOptions extends ListOptions<TextField> {
  /** Whether a picture may have several of the values. */
  several?: boolean
  /** Whether each value has a mark of its own, such as its colour. */
  marked?: boolean
  /** What values are called, where that is not what is typed. */
  words?: Record<string, string>
}

export interface RangeOptions<Field extends string, Bound> extends GroupOptions<Field> {
  presets?: [name: string, low: Bound | null, high: Bound | null][]
}
