// What all components have in common.

/** Tells the page of what the visitor has done; Streamlit hands it over. */
export type Trigger = (name: string, value: unknown) => void

/** What Streamlit calls a component with, each time its data has changed. */
export interface Mounted<Data> {
  data: [Data]
  parentElement: ParentNode
  setTriggerValue: Trigger
}

/** What a component shows: one for each place where it stands on the page. */
export interface View<Data> {
  trigger: Trigger
  show(data: Data): void
  close?(): void
}

/** Finds an element of the markup, of which it is known that it is there and what kind it is. */
export type Find = <Kind extends Element = HTMLElement>(selector: string, kind?: new () => Kind) => Kind

/** A change of the visitor's under its number; the data says how many it knows of. */
export interface Edit {
  edit: number
  value: unknown
}

export interface Answered {
  answered: number
}

/** A file as the server keeps it. */
export interface Stored {
  id: string
  name: string
}

/** What a link to the search page says: as the URL of the page has it. */
export type SearchParams = Record<string, string>

/** A picture of a strip. */
export interface StripPicture {
  content_hash: string
  name: string
  path?: string
  /** What is written on it. */
  said?: string
  /** Where it leads; without: to a search with the picture. */
  search?: SearchParams
  /** Whether it is there only to compare with. */
  dim?: boolean
}
