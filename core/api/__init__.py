"""The app's own HTTP routes, served beside Streamlit's: pictures, uploads, and the API below `/api`."""
