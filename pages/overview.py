"""Overview: what a collection holds, on one screen; or two sides of it beside each other."""

from core.ui.overview import sides, view

view.make_room()
if view.compares():
    sides.choice()
    sides.result()
else:
    view.board()
