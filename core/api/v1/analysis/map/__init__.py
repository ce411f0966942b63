"""The routes of the map: places and colours as arrays, clusters, selections, the results of a search lit."""
