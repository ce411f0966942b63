"""The app's own front-end pieces, each a typed Python function over plain HTML, CSS and JavaScript."""
