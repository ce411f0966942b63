// Inputs by which files are chosen.

/**
 * Have what is chosen taken, also what was chosen while the page was still loading its scripts.
 * @param {HTMLInputElement} picker
 * @param {(files: File[]) => void} take
 */
export function whenChosen(picker, take) {
  picker.onchange = () => {
    take([...(picker.files ?? [])])
    picker.value = "" // the same files may be chosen again
  }
  setTimeout(() => picker.files?.length && picker.dispatchEvent(new Event("change")))
}
