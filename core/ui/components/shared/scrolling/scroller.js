// What the visitor scrolls to move the gallery: a box of Streamlit's, or the page.

/**
 * @param {Element} within
 * @returns {Element}
 */
export function scroller(within) {
  const root = within.getRootNode()
  let box = root instanceof ShadowRoot ? root.host : null
  while (box && !/auto|scroll/.test(getComputedStyle(box).overflowY)) box = box.parentElement
  return box ?? document.scrollingElement ?? document.documentElement
}
