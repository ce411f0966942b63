// What the frame is given.

/** As `frame` of frame.py sends it. */
export interface FrameData {
  links: SkipLink[]
}

/** A link and where it leads: to the first element of a selector, within the component of a key. */
export interface SkipLink {
  name: string
  key: string
  selector: string
}
