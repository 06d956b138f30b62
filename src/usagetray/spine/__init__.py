"""The spine: joins providers, edges and domain. Sources are read into the store; the store is judged into overviews."""
