"""Search: words and pictures in, the nearest pictures out."""

from core.ui import address, search_view
from core.ui.jobs import job_line
from core.ui.notices import model_ready, wait_for_model

job_line()
query = address.read_query()
search_view.search_bar(query)
words, k = search_view.options()
if query.empty:
    search_view.welcome(words, k)
elif query.text and not model_ready():
    wait_for_model()
else:
    search_view.results(query, words, k)
