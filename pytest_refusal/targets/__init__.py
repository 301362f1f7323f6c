"""The application as a function; a model behind Ollama; a file of answers. Each is an ``Endpoint``."""
