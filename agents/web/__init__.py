"""The web app: campaigns and their reports, the library, answers with their quotes marked on the page."""
