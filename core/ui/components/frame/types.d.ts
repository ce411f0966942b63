// What the frame is given.

/** As `frame` of frame.py sends it. */
export interface FrameData {
  links: SkipLink[]
  collections: Switching | null
}

/** The collections there are to choose from; null where there is but one. */
export interface Switching {
  shown: string
  choices: Choice[]
  manage: { title: string; about: string; url: string; current: boolean }
}

export interface Choice {
  /** "" for the first, which URLs need not name. */
  name: string
  title: string
  about: string
  current: boolean
}

/** A link and where it leads: to the first element of a selector, within the component of a key. */
export interface SkipLink {
  name: string
  key: string
  selector: string
}
