"""The only place in core that knows Streamlit: shared services, panels, the query in the URL."""
