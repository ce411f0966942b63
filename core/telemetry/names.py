"""What the settings of logs are called, and what they may be: for those who read settings, and import no logs."""

LOG_FORM = "IMAGE_SEARCH_LOG"
LOG_LEVEL = "IMAGE_SEARCH_LOG_LEVEL"

FORMS = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")
