"""The app's own HTTP routes, served beside Streamlit's: pictures, searches, what is done with their results."""
